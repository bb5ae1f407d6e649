/**
 * The attack: names become commands. Files, directories and scripts are called what a command interpreter would act upon,
 * certificates carry such names, and everything goes through the adapters as usual, here and over SSH.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { connectTo, connectTools } from '#test/make/connection.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { endpointTools, keysOf, restart, withAlias } from '#test/make/endpoints.ts';
import { have } from '#test/servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import { scriptArgv } from '../../electron/providers/endpoints/common/scripts.ts';
import { makeEndpoint } from '../../electron/providers/endpoints/registry.ts';
import { Secret } from '../../electron/secrets/secret.ts';

const names = [
  "it's $(touch HIT) `touch HIT`",
  '-rf --reference=x',
  'a"; touch HIT; echo "',
  'line\nfeed; touch HIT',
  '$HOME/*?[a]{b,c}~!#&|<>()',
  '\\$(touch HIT)\\',
  ' leading and trailing ',
  'ümläut 日本',
];

const ca = makeCa({ commonName: 'Injection' });
const old = makeLeaf(ca, { names: ['old.example'] });
const fresh = makeLeaf(ca, { names: ['new.example'] });

const ways: [string, boolean][] = [
  ['on this machine', process.platform !== 'win32'],
  ['over ssh', canRunSshd()],
];

describe.each(ways.filter(([, possible]) => possible))('a hostile name %s', (way) => {
  let sshd: Sshd | null = null;
  let directory: ReturnType<typeof tempDirectory>;
  let connection: HostConnection;

  beforeAll(async () => {
    if (way === 'over ssh') sshd = await startSshd();
  });
  afterAll(() => sshd?.stop());
  beforeEach(async () => {
    directory = tempDirectory('inject');
    connection = sshd === null ? await connect({ type: 'local' }, {}, connectTools) : await connectTo(sshd);
  });
  afterEach(async () => {
    await connection.close();
    directory.remove();
  });

  test.skipIf(!have('openssl')).each(names)(
    '%j of a file, its directory and its scripts is only a name',
    async (raw) => {
      const hit = join(directory.path, 'hit');
      const name = raw.replaceAll('HIT', 'hit');
      const flat = name.replaceAll('/', '_');
      const folder = join(directory.path, flat);
      mkdirSync(folder);
      const path = join(folder, `${flat}.pem`);
      writeFileSync(path, `${old.keyPem}${old.chainPem}`, { mode: 0o600 });
      const script = join(folder, `${flat} script`);
      writeFileSync(script, `#!/bin/sh\nprintf '%s\\0' "$@" > "$0.args"\n`);
      chmodSync(script, 0o755);
      const endpoint = makeEndpoint(
        { type: 'pem', path, keyPath: null, servedAt: null, installScript: script, restartScript: script },
        connection,
        endpointTools,
      );
      expect((await endpoint.probe()).checks.filter(({ ok }) => !ok)).toEqual([]);
      const plan = await endpoint.plan('file');
      const made = await keysOf(endpoint).makeKey(plan, 'ec-p256', 'tag');
      expect(
        (await keysOf(endpoint).signWithKey(made.path, 'ec-p256', Buffer.from('data'))).length,
      ).toBeGreaterThan(60);
      const snapshot = await endpoint.snapshot(plan, 'tag');
      const material = {
        chainPem: fresh.chainPem,
        key: { where: 'agent' as const, pem: Secret.of(fresh.keyPem) },
      };
      await endpoint.install(plan, material);
      expect(readFileSync(path, 'utf8')).toContain(fresh.chainPem.slice(100, 160));
      await restart(endpoint);
      const alias = `${name}; $(touch hit)`;
      const scripted = withAlias(plan, alias);
      expect(await endpoint.powers.runsScripts?.runInstallScript(scripted)).toMatchObject({ code: 0 });
      expect(readFileSync(`${script}.args`, 'utf8')).toBe(`${alias}\0`);
      expect(await endpoint.restore(snapshot)).toMatchObject({ exact: true });
      await endpoint.discard(snapshot, 'tag');
      expect(readFileSync(path, 'utf8')).toBe(`${old.keyPem}${old.chainPem}`);
      expect((await connection.list(folder)).filter((one) => one.startsWith('.trustkeep'))).toEqual([]);
      for (const place of [hit, join(folder, 'hit'), join(process.cwd(), 'hit'), '/root/hit', '/hit'])
        expect(existsSync(place)).toBe(false);
    },
  );

  test('is refused where no file can have it', async () => {
    await expect(connection.read('/etc/pass\0wd')).rejects.toMatchObject({
      code: expect.stringMatching(/^file\./),
    });
    await expect(connection.read('relative')).rejects.toMatchObject({
      code: expect.stringMatching(/^file\./),
    });
  });
});

test('a hostile alias reaches a Windows batch file without anything cmd would act upon', () => {
  const argv = scriptArgv('C:\\scripts\\install.bat', ['a&calc|b>c^%PATH%"d"!x!\r\ncalc']);
  expect(argv.at(-1)).not.toMatch(/[&|<>^%"!\r\n ]/);
});
