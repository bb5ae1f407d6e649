import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { makeLeaf } from '#test/make/certificates.ts';
import { inAgent, keysOf, listing, restart, testCa } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { haveTomcat, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import { readKeyStore } from '../../../electron/pki/key-store/read-key-store.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import type { TomcatMajor } from '../../../scripts/find-tomcat.ts';
import {
  connector,
  endpointOf,
  host,
  installAndRestart,
  leafAt,
  leafFor,
  managed,
  planFor,
  shown,
} from './real-tomcat.ts';
import { storeFiles } from './store-shapes.ts';

const leaves = {
  a: leafFor('a.example', 'b.example'),
  b: leafFor('other.example'),
  rsa: makeLeaf(testCa, { names: ['rsa.example'], intermediate: true, keyType: 'rsa-2048' }),
};
const two = 'certificateKeystoreFile="conf/two.jks" certificateKeystorePassword="storepass"';
const certificate = (attributes: string) => `<Certificate ${attributes}/>`;
/** What this type of endpoint does with the key stores of a real Tomcat of a version. */
export function storesSuite(major: TomcatMajor): void {
  const usable = haveTomcat(major) && have('keytool') && have('openssl') && process.getuid?.() === 0;
  describe.skipIf(!usable)(`a real Tomcat ${major} with key stores`, () => {
    let server: RunningTomcat;
    beforeAll(async () => {
      const shop = certificate(`${two} certificateKeyAlias="Shop" certificateKeyPassword="keypass1"`);
      const p12 = 'certificateKeystoreFile="tls/a.p12" certificateKeystorePassword="changeit"';
      const stores = await storeFiles(leaves, testCa.certPem);
      server = await startTomcat({
        major,
        roles: 'manager-jmx',
        files: { ...stores, 'tls/a.p12': stores['conf/a.p12'] ?? '' },
        connectors: [
          connector('{port2}', host('_default_', shop)),
          connector('{port3}', host('_default_', certificate(`${two} certificateKeyAlias="other"`))),
          connector(
            '{port4}',
            [
              host('_default_', certificate(p12)),
              host('b.example', certificate(`${p12} type="UNDEFINED"`)),
            ].join('\n'),
          ),
        ].join('\n'),
      });
    });
    afterAll(() => server?.stop());
    const port = (number: number): number => server.ports[number - 1] ?? 0;

    it('replaces one entry, carries the others over, and has them reloaded by JMX alone', async () => {
      const endpoint = endpointOf(server, managed(server));
      const plan = await planFor(endpoint, `127.0.0.1:${port(2)}`);
      expect(plan.changes.map(({ kind }) => kind)).toEqual(['file', 'key-store-entry', 'command']);
      expect(plan.warnings.join(' ')).toContain('other (private key), root (trusted certificate)');
      expect(await keysOf(endpoint).canMakeKeys(plan.nodeKey)).toMatchObject({ yes: false });
      const [before, pid] = [await listing(server.dir), await server.pid()];
      const fresh = leafFor('a.example');
      const hashes = await endpoint.afterHashes(plan, inAgent(fresh));
      const snapshot = await endpoint.snapshot(plan, 't');
      expect(await endpoint.install(plan, inAgent(fresh))).toContain('keytool');
      await endpoint.install(plan, inAgent(fresh));
      const [file] = changesOf(plan.changes, 'file');
      expect((await listing(server.dir))['conf/two.jks']).toContain(hashes[file?.path ?? '']);
      await restart(endpoint);
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await leafAt(port(3), null)).toBe(leaves.b.facts.fingerprint);
      expect(await server.pid()).toBe(pid);
      const bytes = await readFile(join(server.dir, 'conf/two.jks'));
      const { entries } = await readKeyStore(
        bytes,
        { store: Secret.of('storepass'), key: Secret.of('keypass1') },
        ['shop'],
      );
      expect(entries.map(({ alias, kind }) => `${alias} ${kind}`).sort()).toEqual([
        'other key',
        'root trust',
        'shop key',
      ]);
      expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
      await restart(endpoint);
      await endpoint.discard(snapshot, 't');
      expect(await shown(plan)).toEqual([leaves.a.facts.fingerprint]);
      expect(await listing(server.dir)).toEqual(before);
    });

    it('gives a host that shares its entry with another name PEM files of its own', async () => {
      const endpoint = endpointOf(server, managed(server));
      const { checks } = await endpoint.probe();
      expect(checks.find(({ name }) => name === 'write')?.sentence).toContain(join(server.dir, 'tls'));
      const plan = await planFor(endpoint, 'b.example');
      expect(plan.warnings.join(' ')).toContain('so this node gets its own files');
      const lines = changesOf(plan.changes, 'configuration-line').map((one) => one.before);
      expect(lines).toContain('certificateKeystorePassword="[secret]"');
      expect(JSON.stringify(plan)).not.toContain('changeit');
      // the key store may be read by all, a key that no password protects may not
      const rights = changesOf(plan.changes, 'file').map(({ holds, after }) => [holds, after.ownership]);
      expect(rights).toContainEqual(['private-key', expect.objectContaining({ mode: 0o600 })]);
      const before = await listing(server.dir);
      const fresh = leafFor('b.example');
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await leafAt(port(4), null)).toBe(leaves.a.facts.fingerprint);
      const xml = await readFile(server.configPath, 'utf8');
      expect(xml).toMatch(
        /<Certificate type="UNDEFINED" certificate(Key)?File="[^"]+" certificate(Key)?File="[^"]+"\/>/,
      );
      await endpoint.restore(snapshot);
      await restart(endpoint);
      await endpoint.discard(snapshot, 't');
      expect(await listing(server.dir)).toEqual(before);
    });

    it('says that the manager could not load a store, which leaves what was served', async () => {
      const path = join(server.dir, 'conf/two.jks');
      const good = await readFile(path);
      await writeFile(path, await readFile(join(server.dir, 'conf/a.p12')));
      const endpoint = endpointOf(server, managed(server));
      await expect(endpoint.powers.restarts?.restart()).rejects.toMatchObject({
        code: 'endpoint.restart-failed',
        message: expect.stringContaining('did not load the certificates again'),
      });
      const node = (await endpoint.nodes()).find(({ name }) => name === `127.0.0.1:${port(2)}`);
      expect(node?.notInstallable).toContain('two.jks');
      await writeFile(path, good);
      await restart(endpoint);
      expect(await leafAt(port(2), null)).toBe(leaves.a.facts.fingerprint);
    });
  });
}
