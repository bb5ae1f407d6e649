import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inAgent } from '#test/make/endpoints.ts';
import { haveApache } from '#test/servers/apache.ts';
import {
  files,
  host,
  installAndRestart,
  leafFor,
  nodeNamed,
  pair,
  planFor,
  prepareApache,
  rsaLeafFor,
  shown,
  start,
} from './real-apache.ts';

describe.skipIf(!haveApache())('an Apache in the layout of', () => {
  prepareApache();

  describe.each(['debian', 'rhel'] as const)('%s', (layout) => {
    test('is installed into in place, proved, restored, with its neighbour untouched', async () => {
      const [old, other, next] = [leafFor('a.test'), leafFor('b.test'), leafFor('a.test')];
      const { server, endpoint } = await start({
        layout,
        files: files({ a: old, b: other }),
        site: host('a.test', pair('a')) + host('b.test', pair('b')),
      });
      expect((await endpoint.probe()).checks.filter(({ ok }) => !ok)).toEqual([]);
      const plan = await planFor(endpoint, 'a.test');
      expect(plan.neighbours?.map(({ serverName, expects }) => [serverName, expects])).toEqual([
        ['b.test', 'as-before'],
      ]);
      expect(plan.changes.map(({ kind }) => kind)).toEqual(['file', 'file', 'command', 'command']);
      await endpoint.checkDrift(plan);
      const parent = await server.pid();
      const snapshot = await installAndRestart(endpoint, plan, inAgent(next));
      expect((await shown(server, 'a.test'))[0]).toBe(next.facts.fingerprint);
      expect((await shown(server, 'b.test'))[0]).toBe(other.facts.fingerprint);
      expect(await server.pid()).toBe(parent);
      expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
      expect(await endpoint.powers.restarts?.restart()).toEqual({ settled: true });
      expect((await shown(server, 'a.test'))[0]).toBe(old.facts.fingerprint);
      await endpoint.discard(snapshot, 't');
    });

    test('gives a host files of its own where another uses its pair', async () => {
      const [old, next] = [leafFor('a.test', 'b.test'), leafFor('a.test')];
      const { server, endpoint } = await start({
        layout,
        files: files({ both: old }),
        site: `# shared\n${host('a.test', pair('both'))}\n# other\n${host('b.test', pair('both'))}`,
      });
      const before = await readFile(server.sitePath, 'utf8');
      const plan = await planFor(endpoint, 'a.test');
      const snapshot = await installAndRestart(endpoint, plan, inAgent(next));
      expect((await shown(server, 'a.test'))[0]).toBe(next.facts.fingerprint);
      expect((await shown(server, 'b.test'))[0]).toBe(old.facts.fingerprint);
      const after = await readFile(server.sitePath, 'utf8');
      expect(after.replaceAll(/tls\/trustkeep\/a\.test-[0-9a-f]{8}/g, 'tls/both')).toBe(before);
      await endpoint.restore(snapshot);
      await endpoint.discard(snapshot, 't');
      expect(await readFile(server.sitePath, 'utf8')).toBe(before);
    });
  });

  test('with RSA and EC side by side has a node for each, and changes one', async () => {
    const [ec, rsa, next] = [leafFor('a.test'), rsaLeafFor('a.test'), rsaLeafFor('a.test')];
    const { server, endpoint } = await start({
      files: files({ ec, rsa }),
      site: host('a.test', pair('ec') + pair('rsa')),
    });
    expect((await endpoint.nodes()).map(({ name }) => name)).toEqual(['a.test (ECDSA)', 'a.test (RSA)']);
    const plan = await planFor(endpoint, 'a.test (RSA)');
    expect(plan.onlyKeys?.family).toBe('rsa');
    await installAndRestart(endpoint, plan, inAgent(next));
    expect(await readFile(join(server.dir, 'tls/rsa.crt'), 'utf8')).toBe(next.chainPem);
    expect((await shown(server, 'a.test'))[0]).toBe(ec.facts.fingerprint);
  });

  test('with an old chain file beside the certificate serves the new chain, not the old one', async () => {
    const [old, next] = [leafFor('a.test'), leafFor('a.test')];
    const { server, endpoint } = await start({
      files: { ...files({ a: old }), 'tls/chain.pem': old.chainPem.slice(old.certPem.length) },
      site: host('a.test', `${pair('a')}  SSLCertificateChainFile {dir}/tls/chain.pem\n`),
    });
    const before = await readFile(server.sitePath, 'utf8');
    const plan = await planFor(endpoint, 'a.test');
    expect(plan.warnings.join(' ')).toContain('SSLCertificateChainFile');
    const oldChain = await shown(server, 'a.test');
    await installAndRestart(endpoint, plan, inAgent(next));
    const chain = await shown(server, 'a.test');
    expect(chain).toHaveLength(2);
    expect(chain[0]).toBe(next.facts.fingerprint);
    expect(chain[1]).not.toBe(oldChain[1]);
    expect(await readFile(server.sitePath, 'utf8')).toBe(
      before.replace(/ {2}SSLCertificateChainFile .*\n/, ''),
    );
  });

  test('with the key in the certificate file, and none named, writes both into it', async () => {
    const [old, next] = [leafFor('a.test'), leafFor('a.test')];
    const { server, endpoint } = await start({
      files: { 'tls/all.key': old.chainPem + old.keyPem },
      site: host('a.test', '  SSLCertificateFile tls/all.key\n'),
      main: 'ServerRoot {dir}',
    });
    const node = await nodeNamed(endpoint, 'a.test');
    expect(node.keyPath).toBe(join(server.dir, 'tls/all.key'));
    await installAndRestart(endpoint, await planFor(endpoint, 'a.test'), inAgent(next));
    expect((await shown(server, 'a.test'))[0]).toBe(next.facts.fingerprint);
  });
});
