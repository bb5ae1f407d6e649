import { chmod, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { inAgent, open } from '#test/make/endpoints.ts';
import { haveApache, type RunningApache } from '#test/servers/apache.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import {
  files,
  host,
  installAndRestart,
  leafFor,
  nodeNamed,
  pair,
  planFor,
  prepareApache,
  shown,
  start,
} from './real-apache.ts';

const site = host('a.test', pair('a')) + host('b.test', pair('b'));
const leaves = () => files({ a: leafFor('a.test'), b: leafFor('b.test') });

/** The same key under a pass phrase, `secret`. */
async function encrypt(server: RunningApache, name: string): Promise<void> {
  const path = join(server.dir, `tls/${name}.key`);
  const argv = [
    'openssl',
    'pkcs8',
    '-topk8',
    '-in',
    path,
    '-out',
    `${path}.new`,
    '-passout',
    'pass:secret',
  ] as const;
  expect((await exec({ argv, timeoutMs: 20_000 })).code).toBe(0);
  await rename(`${path}.new`, path);
}

describe.skipIf(!haveApache())('an Apache', () => {
  prepareApache();

  test('without its program is refused with where it was looked for', async () => {
    const settings = {
      type: 'apache',
      apachectlPath: '/no/apachectl',
      serverRoot: null,
      configFile: null,
      certDir: null,
    } as const;
    const endpoint = open({ settings }, new LocalConnection(systemClock));
    await expect(endpoint.nodes()).rejects.toMatchObject({
      code: 'endpoint.program-missing',
      message: 'No Apache program was found at /no/apachectl on this machine.',
    });
    const { ok, checks } = await endpoint.probe();
    expect(ok).toBe(false);
    expect(checks.find(({ name }) => name === 'program')?.sentence).toContain('/no/apachectl');
  });

  test('whose configuration does not parse is refused with its own line', async () => {
    const { server, endpoint } = await start({ files: leaves(), site });
    const plan = await planFor(endpoint, 'a.test');
    await writeFile(server.sitePath, '<VirtualHost *:1>\nNonsense on\n</VirtualHost>\n');
    await expect(endpoint.nodes()).rejects.toMatchObject({
      code: 'endpoint.configuration-invalid',
      message: expect.stringMatching(
        /^Apache on this machine does not accept its configuration: .*site\.conf: ?.*Invalid command 'Nonsense'.*\.$/,
      ),
    });
    await expect(endpoint.checkDrift(plan)).rejects.toMatchObject({
      code: 'endpoint.drifted',
      message: expect.stringContaining('site.conf'),
    });
  });

  test('with a virtual host that has no certificate lines, and one without TLS', async () => {
    const { endpoint } = await start({
      files: leaves(),
      site: `<VirtualHost 127.0.0.1:{port}>\n  ServerName plain.test\n</VirtualHost>\n<VirtualHost 127.0.0.1:{port2}>\n  ServerName none.test\n  SSLEngine on\n</VirtualHost>\n`,
      start: false,
    });
    expect((await nodeNamed(endpoint, 'plain.test')).notInstallable).toMatch(
      /^This virtual host does not speak TLS; add "SSLEngine on" .*site\.conf:1 and discover again\.$/,
    );
    const plan = await planFor(endpoint, 'none.test');
    expect(plan.changes.map(({ kind }) => kind)).toEqual([
      'directory',
      'file',
      'file',
      'file',
      'configuration-line',
      'command',
      'command',
    ]);
    expect(plan.warnings).toContain('Apache is not running. The install can only succeed while it runs.');
  });

  test.skipIf(!haveApache('md'))(
    'that manages a domain itself is left alone there, and says so',
    async () => {
      const { endpoint } = await start({
        modules: ['md'],
        main: 'MDStoreDir {dir}/temp/md\nMDomain a.test\nMDRenewMode manual',
        files: leaves(),
        site: `<VirtualHost 127.0.0.1:{port}>\n  ServerName a.test\n  SSLEngine on\n</VirtualHost>\n${host('b.test', pair('b'))}`,
        start: false,
      });
      const node = await nodeNamed(endpoint, 'a.test');
      expect(node.managedBy).toEqual({
        who: 'mod_md of Apache',
        evidence: 'the configuration has the managed domain a.test',
      });
      expect(node.notInstallable).toBe(
        'mod_md of Apache gets and renews the certificate of this virtual host itself (managed domain a.test), so it is left alone.',
      );
      const plan = await planFor(endpoint, 'b.test');
      expect(plan.warnings.join(' ')).toContain('lets mod_md write to its own store');
    },
  );

  test('that asks for the pass phrase of its key is told of in the plan, and gets a key without one', async () => {
    const [old, next] = [leafFor('a.test'), leafFor('a.test')];
    const dialog = '#!/bin/sh\necho secret\n';
    const { server, endpoint } = await start({
      files: { ...files({ a: old }), 'dialog.sh': dialog },
      site: host('a.test', pair('a')),
      main: 'SSLPassPhraseDialog exec:{dir}/dialog.sh',
      start: false,
    });
    await chmod(join(server.dir, 'dialog.sh'), 0o755);
    await encrypt(server, 'a');
    await chmod(join(server.dir, 'tls/a.key'), 0o644);
    await server.start();
    const plan = await planFor(endpoint, 'a.test');
    // everyone could read it and had nothing
    const [key] = plan.changes;
    expect(key).toMatchObject({
      before: { ownership: { mode: 0o644 } },
      after: { ownership: { mode: 0o640 } },
    });
    expect(plan.warnings.join(' ')).toContain(
      `tls/a.key needs a pass phrase, for which Apache asks with SSLPassPhraseDialog exec:${server.dir}/dialog.sh`,
    );
    const snapshot = await installAndRestart(endpoint, plan, inAgent(next));
    expect((await shown(server, 'a.test'))[0]).toBe(next.facts.fingerprint);
    // the decrypted key of before is not taken for the one that is back
    await endpoint.restore(snapshot);
    await endpoint.powers.restarts?.restart();
    expect((await shown(server, 'a.test'))[0]).toBe(old.facts.fingerprint);
  });

  test.each([
    [
      'does not belong to its certificate',
      'does not belong to the certificate',
      (server: RunningApache, pem: string) => writeFile(join(server.dir, 'tls/b.key'), pem),
    ],
    [
      'is no key',
      'holds no private key that openssl can read',
      (server: RunningApache) => writeFile(join(server.dir, 'tls/b.key'), 'none'),
    ],
    [
      'needs a pass phrase that no one is asked for',
      'needs a pass phrase',
      (server: RunningApache) => encrypt(server, 'b'),
    ],
  ])('with a neighbour whose key %s is not reloaded, which would end it', async (_what, sentence, spoil) => {
    const { server, endpoint } = await start({ files: leaves(), site });
    const parent = await server.pid();
    await spoil(server, leafFor('c.test').keyPem);
    await expect(planFor(endpoint, 'a.test')).rejects.toMatchObject({
      code: 'endpoint.configuration-invalid',
      message: expect.stringMatching(
        new RegExp(`^A reload would stop Apache on this machine: .*tls/b\\.key ${sentence}`),
      ),
    });
    expect(await server.pid()).toBe(parent);
  });

  test('with very many virtual hosts is not reloaded with a pair that was copied in with its old time', async () => {
    const names = Array.from({ length: 61 }, (_one, at) => `h${at}.test`);
    const [leaf, old] = [leafFor(...names), new Date(Date.now() - 86_400_000)];
    const { server, endpoint } = await start({
      files: files({ a: leafFor('a.test'), ...Object.fromEntries(names.map((name) => [name, leaf])) }),
      site: host('a.test', pair('a')) + names.map((name) => host(name, pair(name))).join(''),
    });
    await planFor(endpoint, 'a.test');
    const copy = join(server.dir, 'tls/other.key');
    await writeFile(copy, leafFor('c.test').keyPem);
    await utimes(copy, old, old);
    await rename(copy, join(server.dir, 'tls/h7.test.key'));
    await expect(planFor(endpoint, 'a.test')).rejects.toMatchObject({
      code: 'endpoint.configuration-invalid',
      message: expect.stringContaining('h7.test.key does not belong to the certificate'),
    });
  });

  test('that does not run is not started by a reload', async () => {
    const { server, endpoint } = await start({ files: leaves(), site, start: false });
    await expect(endpoint.powers.restarts?.restart()).rejects.toMatchObject({
      code: 'endpoint.not-running',
      message: 'Apache is not running on this machine.',
    });
    expect(await server.pid()).toBeNull();
  });

  test('whose reload hangs is given up with one sentence', async () => {
    const { server } = await start({ files: leaves(), site });
    const local = new LocalConnection(systemClock);
    const hangs = new Proxy(local, {
      get(target, property) {
        const value = Reflect.get(target, property) as unknown;
        if (property !== 'exec') return typeof value === 'function' ? value.bind(target) : value;
        return (request: Parameters<LocalConnection['exec']>[0]) =>
          request.argv.includes('graceful')
            ? local.exec({
                ...request,
                argv: request.argv.flatMap((word) =>
                  word === 'env' ? ['sh', '-c', 'exec sleep 600', 'sh', word] : [word],
                ) as [string],
                timeoutMs: 300,
              })
            : local.exec(request);
      },
    });
    const endpoint = open({ settings: { type: 'apache', ...server.settings, certDir: null } }, hangs);
    await expect(endpoint.powers.restarts?.restart()).rejects.toMatchObject({
      code: 'endpoint.command-timed-out',
      message: expect.stringMatching(
        /^On this machine, env APACHE_CONFDIR=.* -k graceful did not finish within 90 s and was stopped\.$/,
      ),
    });
  });
});
