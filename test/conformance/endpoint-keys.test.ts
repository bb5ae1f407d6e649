import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeLeaf } from '#test/make/certificates.ts';
import { keysOf, listing, restart, testCa } from '#test/make/endpoints.ts';
import { keyTypeOfSpki } from '../../electron/pki/key.ts';
import type { Material } from '../../electron/providers/endpoints/endpoint.ts';
import { eachEndpoint, expectedState, filesOf, stateOnDisk } from './each-endpoint.ts';

eachEndpoint(({ endpoint, made, before: asItWas, connection, makesKeys }) => {
  if (!makesKeys) {
    it('has no power to make keys, at least not for this node', async () => {
      const { makesKeys: maker } = endpoint().powers;
      const answer = await maker?.canMakeKeys(made().nodeKey);
      expect(answer).toEqual(maker === null ? undefined : { yes: false, why: expect.any(String) });
    });
    return;
  }
  describe('keys', () => {
    it('makes, uses and installs keys of every kind on the target', async () => {
      const one = endpoint();
      expect(await keysOf(one).canMakeKeys()).toMatchObject({ yes: true });
      const plan = await one.plan(made().nodeKey);
      const snapshot = await one.snapshot(plan, 'tag1');
      for (const keyType of ['ec-p256', 'ec-p384', 'rsa-2048'] as const) {
        const key = await keysOf(one).makeKey(plan, keyType, 'tag1');
        expect(await keysOf(one).makeKey(plan, keyType, 'tag1')).toEqual(key);
        const data = Buffer.from('to be signed');
        const signature = await keysOf(one).signWithKey(key.path, keyType, data);
        const publicKey = createPublicKey({ key: key.spki, format: 'der', type: 'spki' });
        expect(keyTypeOfSpki(key.spki)).toBe(keyType);
        expect(verify(keyType === 'ec-p384' ? 'sha384' : 'sha256', data, publicKey, signature)).toBe(true);

        const leaf = makeLeaf(testCa, {
          names: ['shop.example'],
          keyOf: { keyPem: '', spki: key.spki, keyType },
        });
        const material: Material = { chainPem: leaf.chainPem, key: { where: 'endpoint', path: key.path } };
        const hashes = await one.afterHashes(plan, material);
        await one.install(plan, material);
        await one.install(plan, material);
        for (const file of filesOf(plan))
          expect(await stateOnDisk(file)).toEqual(expectedState(file, hashes));
        await restart(one);
        expect(await one.restore(snapshot)).toMatchObject({ exact: true });
      }
      await restart(one);
      await one.discard(snapshot, 'tag1');
      expect(await listing(made().dir)).toEqual(asItWas());
    });

    it('clears up a key that was never installed, by its tag alone', async () => {
      const one = endpoint();
      const plan = await one.plan(made().nodeKey);
      await keysOf(one).makeKey(plan, 'ec-p256', 'tag1');
      const other = await keysOf(one).makeKey(plan, 'ec-p256', 'tag12');
      await one.discard(null, 'tag1');
      expect((await connection().stat(other.path))?.mode).toBe(0o600);
      // a later install may use it
      await one.discard(null, 'tag12', other.path, 'spare the key');
      expect((await connection().stat(other.path))?.mode).toBe(0o600);
      await one.discard(null, 'tag12');
      expect(await listing(made().dir)).toEqual(asItWas());
    });
  });
});
