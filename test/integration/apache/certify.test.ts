import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { haveApache } from '#test/servers/apache.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { readCertificate } from '../../../electron/pki/read-certificate.ts';
import { add, before, certify, other, prepareInstances, shop, start } from './agent-and-apache.ts';

const isReload = (argv: readonly string[]) => argv.includes('graceful');

describe.skipIf(!haveApache())('a certificate for one of two instances of Apache', () => {
  prepareInstances();

  test('is planned, approved, installed and proved, in both layouts, and nothing else is touched', async () => {
    await start();
    const [first, second] = [await add('web1', shop), await add('web2', other)];
    const untouched = await other.state();
    const done = await certify(first);
    expect(done.task.state, JSON.stringify(done.task.steps, null, 1)).toBe('succeeded');
    expect(done.plan.keyPlace.where).toBe('endpoint');
    expect(done.plan.install.coldStart?.sentence).toContain('Not proved: apachectl -t');
    expect((await shop.served())[0]).not.toBe(shop.old.facts.fingerprint);
    expect((await shop.served())[1]).toBe(shop.neighbour.facts.fingerprint);
    expect(await other.state()).toEqual(untouched);
    expect((await certify(second, { key_place: 'agent' })).task.state).toBe('succeeded');
    expect((await other.served())[0]).not.toBe(other.old.facts.fingerprint);
    expect((await other.served())[1]).toBe(other.neighbour.facts.fingerprint);
  });

  test('of one kind beside the other is proved with its own kind, and the other stays', async () => {
    await start();
    const nodeId = await add('web1', shop, {}, 'both.example (RSA)');
    const ec = await readFile(join(shop.server.dir, 'tls/ec.crt'), 'utf8');
    const { task, plan } = await certify(nodeId, { key_type: 'rsa-2048' });
    expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
    expect(plan.install.neighbours?.filter(({ keyAlgorithm }) => keyAlgorithm !== undefined)).toMatchObject([
      { serverName: 'both.example', keyAlgorithm: 'ecdsa', expects: 'as-before' },
    ]);
    expect(await readFile(join(shop.server.dir, 'tls/ec.crt'), 'utf8')).toBe(ec);
    const at = { address: '127.0.0.1', port: shop.server.ports[0] ?? 0, serverName: 'both.example' };
    const { fingerprint } = readCertificate(await readFile(join(shop.server.dir, 'tls/rsa.crt'), 'utf8'));
    expect(await probeTls({ ...at, keyAlgorithm: 'rsa' })).toMatchObject({ leafFingerprint: fingerprint });
  });

  test('ends restored and proved where a reload kills the server, which is started again', async () => {
    const key = join(shop.server.dir, 'tls/blog.key');
    const good = await readFile(key);
    // someone breaks the file of the other host a moment before the reload, and mends it before the start
    await start({
      connection: (real) =>
        before(
          before(real, isReload, () => writeFile(key, 'broken')),
          (argv) => argv.includes('start'),
          () => writeFile(key, good),
        ),
    });
    const nodeId = await add('web1', shop);
    const parent = await shop.server.pid();
    const state = await shop.state();
    const { task } = await certify(nodeId);
    expect(task, JSON.stringify(task.steps, null, 1)).toMatchObject({
      state: 'failed',
      restored: 'proved',
      failure: { code: 'endpoint.restart-failed' },
    });
    expect(task.failure?.sentence).toContain('Apache stopped after it was told to reload');
    expect(await shop.state()).toEqual(state);
    expect(await shop.server.pid()).not.toBe(parent);
    expect(await shop.served()).toEqual([shop.old.facts.fingerprint, shop.neighbour.facts.fingerprint]);
  });
});

describe.skipIf(!haveApache() || !canRunSshd())('a certificate for an Apache over SSH', () => {
  let sshd: Sshd;
  afterEach(() => sshd.stop());
  prepareInstances();
  beforeEach(async () => {
    sshd = await startSshd();
  });

  test.each(['debian', 'rhel'])(
    'is installed and proved, and one whose reload is refused is restored (%s)',
    async (layout) => {
      const instance = layout === 'debian' ? shop : other;
      // what someone writes a moment before the reload, and removes before the one behind the restore
      const texts: string[] = [];
      await start({
        connection: (real) =>
          before(real, isReload, async () => {
            const text = texts.shift();
            if (text !== undefined) await writeFile(instance.server.sitePath, text);
          }),
      });
      const login = {
        connection_type: 'ssh',
        host: sshd.host,
        port: sshd.port,
        user: sshd.user,
        ssh_key_path: sshd.privateKeyPath,
      };
      const nodeId = await add('web1', instance, login);
      const { task } = await certify(nodeId);
      expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
      const served = await instance.served();
      expect(served[0]).not.toBe(instance.old.facts.fingerprint);
      expect(served[1]).toBe(instance.neighbour.facts.fingerprint);
      const text = await readFile(instance.server.sitePath, 'utf8');
      texts.push(`${text}Nonsense\n`, text);
      const state = await instance.state();
      const second = await certify(nodeId);
      expect(second.task).toMatchObject({ state: 'failed', restored: 'proved' });
      expect(await instance.state()).toEqual(state);
      expect(await instance.served()).toEqual(served);
    },
  );
});
