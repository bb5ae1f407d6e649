import { statSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { inAgent, listing, restart } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { haveTomcat, startTomcat } from '#test/servers/tomcat.ts';
import {
  connector,
  endpointOf,
  files,
  host,
  installAndRestart,
  leafAt,
  leafFor,
  pem,
  planFor,
  shown,
} from './real-tomcat.ts';

const home = '/usr/share/tomcat10';
const usable = haveTomcat(10) && have(`${home}/bin/catalina.sh`) && process.getuid?.() === 0;

describe.skipIf(!usable)('the Tomcat of Debian', () => {
  it('is found by the directory of its package, with its version', async () => {
    const endpoint = endpointOf({ dir: '/var/lib/tomcat10' });
    const report = await endpoint.probe();
    expect(report.version).toMatch(/^Apache Tomcat\/10\.1\./);
    expect(await endpoint.nodes()).toMatchObject([{ key: 'http *:8080', protocol: 'http' }]);
  });

  it('runs as its own user before and after a restart, which owns what is new', async () => {
    const leaf = leafFor('a.example', 'b.example');
    const server = await startTomcat({
      ...{ home, user: 'tomcat', files: files({ a: leaf }) },
      connectors: connector('{port2}', [host('_default_', pem('a')), host('b.example', pem('a'))].join('\n')),
    });
    try {
      const owner = async () => statSync(`/proc/${await server.pid()}`).uid;
      const endpoint = endpointOf(server);
      const plan = await planFor(endpoint, 'b.example');
      expect(changesOf(plan.changes, 'command').at(-1)?.why).toContain('started again as tomcat');
      const [before, uid, pid] = [await listing(server.dir), await owner(), await server.pid()];
      const fresh = leafFor('b.example');
      const snapshot = await installAndRestart(endpoint, plan, inAgent(fresh));
      expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
      expect(await leafAt(server.ports[1] ?? 0, null)).toBe(leaf.facts.fingerprint);
      expect([await owner(), (await server.pid()) === pid]).toEqual([uid, false]);
      expect(uid).toBeGreaterThan(0);
      const key = changesOf(plan.changes, 'file').find(({ holds }) => holds === 'private-key')?.path ?? '';
      expect(statSync(key)).toMatchObject({ uid });
      expect(statSync(join(server.dir, 'conf/trustkeep')).uid).toBe(uid);
      await endpoint.restore(snapshot);
      await restart(endpoint);
      await endpoint.discard(snapshot, 't');
      expect(await listing(server.dir)).toEqual(before);
    } finally {
      await server.stop();
    }
  });

  it.each([0o640, 0o644])(
    'reads the first key of a connector beside a server.xml with the mode %o',
    async (mode) => {
      const server = await startTomcat({
        ...{ home, user: 'tomcat' },
        connectors: '    <Connector port="{port2}" address="127.0.0.1" SSLEnabled="true"/>',
      });
      try {
        const { gid, uid } = statSync(server.configPath);
        await chown(join(server.dir, 'conf'), 0, 0);
        await chown(server.configPath, 0, mode === 0o640 ? gid : 0);
        await chmod(server.configPath, mode);
        const endpoint = endpointOf(server);
        const plan = await planFor(endpoint, `127.0.0.1:${server.ports[1]}`);
        const fresh = leafFor('a.example');
        await installAndRestart(endpoint, plan, inAgent(fresh));
        expect(await shown(plan)).toEqual([fresh.facts.fingerprint]);
        const key = changesOf(plan.changes, 'file').find(({ holds }) => holds === 'private-key')?.path ?? '';
        const owned = mode === 0o640 ? { uid: 0, gid } : { uid };
        expect(statSync(key)).toMatchObject(owned);
        expect(statSync(key).mode & 0o007).toBe(0);
      } finally {
        await server.stop();
      }
    },
  );
});
