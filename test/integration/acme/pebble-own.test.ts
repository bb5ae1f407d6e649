import { stat } from 'node:fs/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { makeTestOrder, memoryState, obtain, untilDone } from '../../make/acme.ts';
import { freePort } from '../../servers/free-port.ts';
import { type Pebble, startPebble } from '../../servers/pebble.ts';
import { acmeMaker, canRunPebble, namesIn } from './with-pebble.ts';

const acme = acmeMaker();

describe.skipIf(!canRunPebble)('ACME with a pebble of its own', () => {
  const running: Pebble[] = [];
  async function started(...args: Parameters<typeof startPebble>): Promise<Pebble> {
    const pebble = await startPebble(...args);
    running.push(pebble);
    return pebble;
  }
  afterAll(() => Promise.all(running.map((pebble) => pebble.stop())));

  test('every third nonce refused costs time, not certificates', async () => {
    const pebble = await started({ nonceReject: 33, alwaysValid: true });
    const { authority } = acme(pebble);
    for (const n of [1, 2, 3]) {
      const chain = await obtain(authority, await makeTestOrder([`nonce${n}.example`]));
      expect(namesIn(chain)).toBe(`DNS:nonce${n}.example`);
    }
  });

  test('an external account binding is signed with the key the CA gave, in either alphabet', async () => {
    const pebble = await started({ eab: true, alwaysValid: true });
    const missing = acme(pebble);
    await expect(untilDone(missing.authority, await makeTestOrder(['eab.example']))).rejects.toMatchObject({
      code: 'acme.eab-needed',
    });
    const asBase64 = Buffer.from(pebble.eab.hmacKey, 'base64url').toString('base64');
    for (const hmacKey of [pebble.eab.hmacKey, asBase64]) {
      const state = memoryState({ 'eab-hmac': hmacKey });
      const { authority } = acme(pebble, { state, settings: { eabKeyId: pebble.eab.keyId } });
      await obtain(authority, await makeTestOrder(['eab.example']));
    }
    const state = memoryState({ 'eab-hmac': Buffer.from('wrong').toString('base64') });
    const wrong = acme(pebble, { state, settings: { eabKeyId: pebble.eab.keyId } });
    await expect(untilDone(wrong.authority, await makeTestOrder(['eab.example']))).rejects.toMatchObject({
      retry: 'needs-person',
    });
  });

  test('authorizations that are valid already are not proved again', async () => {
    const port = await freePort();
    const pebble = await started({ authzReuse: 100, httpPort: port });
    const { authority } = acme(pebble, {
      validation: { method: 'http-01-agent', address: '127.0.0.1', port },
    });
    await obtain(authority, await makeTestOrder(['again.example']));
    const order = await makeTestOrder(['again.example']);
    await obtain(authority, order);
    expect(order.remembered.every((handle) => (handle as { answeredAt: unknown }).answeredAt === null)).toBe(
      true,
    );
  });

  test('a CA that lost the account gets a new one with the same key, once', async () => {
    const before = await started({ alwaysValid: true });
    const state = memoryState();
    const { authority } = acme(before, { state });
    await obtain(authority, await makeTestOrder(['lost.example']));
    const note = JSON.parse(state.note('account') ?? '') as { url: string };
    state.keepNote('account', JSON.stringify({ ...note, url: `${note.url}0000` }));
    const again = acme(before, { state });
    await obtain(again.authority, await makeTestOrder(['lost.example']));
    expect(JSON.parse(state.note('account') ?? '')).toEqual(note);
  });

  test('a slow CA is waited for', async () => {
    const pebble = await started({ alwaysValid: true, sleepSeconds: 2 });
    const { authority, requests } = acme(pebble);
    await obtain(authority, await makeTestOrder(['slow.example']));
    expect(requests.length).toBeLessThan(40);
  });
});

test.skipIf(!canRunPebble)('pebble leaves nothing behind', async () => {
  const pebble = await startPebble();
  await pebble.stop();
  await expect(stat(pebble.rootFile)).rejects.toThrow('ENOENT');
});
