import { chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HostConnection } from '../../../electron/providers/connections/connection.ts';
import { connectTo } from '../../make/connection.ts';
import { have } from '../../servers/available.ts';
import { canRunSshd, type Sshd, type SshdOptions, startSshd } from '../../servers/sshd.ts';
import { startTcpProxy, type TcpProxy } from '../../servers/tcp-proxy.ts';

const cuts: { how: string; cut: (server: Sshd, proxy: TcpProxy) => unknown }[] = [
  { how: 'the network is cut', cut: (_server, proxy) => proxy.cut() },
  { how: 'the server side is killed', cut: (server) => server.dropConnections() },
];
const rights: { as: string; options: SshdOptions }[] = [
  { as: 'root', options: {} },
  { as: 'a user with sudo', options: { user: { sudo: 'nopasswd' } } },
  { as: 'a user with sudo and a password', options: { user: { sudo: 'password', password: 'hunter2' } } },
];

describe.runIf(canRunSshd() && have('sudo')).each(rights)(
  'a connection lost in the middle of a write, as $as',
  ({ options }) => {
    let directory: string;
    let server: Sshd;
    let proxy: TcpProxy;
    let connection: HostConnection;

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'trustkeep-lost-'));
      server = await startSshd(options);
      proxy = await startTcpProxy(server.port);
      connection = await connectTo(server, { port: proxy.port });
    });
    afterEach(async () => {
      await connection.close();
      await proxy.stop();
      await server.stop();
      await rm(directory, { recursive: true });
    });

    test.each(cuts)('leaves the old file as it was when $how', async ({ cut }) => {
      const path = join(directory, 'key.pem');
      await writeFile(path, 'the old content', { mode: 0o640 });
      await chown(path, 33, 33);
      const before = await stat(path);
      proxy.hold(2_000_000);
      const writing = connection.write(path, Buffer.alloc(5_000_000, 7), { mode: 0o640 });
      const lost = expect(writing).rejects.toMatchObject({ code: 'connection.lost', retry: 'later' });
      await proxy.held();
      await until(async () => (await halfWritten(directory)) > 500_000);
      expect(await readFile(path, 'utf8')).toBe('the old content');

      await cut(server, proxy);
      await lost;

      await until(async () => (await readdir(directory)).length === 1);
      expect(await readFile(path, 'utf8')).toBe('the old content');
      const after = await stat(path);
      expect([after.ino, after.uid, after.gid, after.mode, after.mtimeMs]).toEqual([
        before.ino,
        before.uid,
        before.gid,
        before.mode,
        before.mtimeMs,
      ]);
      await expect(connection.stat(path)).rejects.toMatchObject({ code: 'connection.lost' });

      proxy.cut();
      const again = await connectTo(server, { port: proxy.port });
      await again.write(path, Buffer.from('the new content'), { mode: 0o640 });
      expect(await readFile(path, 'utf8')).toBe('the new content');
      await again.close();
    });

    test('before all of several files are made leaves every old one, and what was made until the next connection', async () => {
      const [key, crt] = [join(directory, 'site.key'), join(directory, 'site.crt')];
      for (const path of [key, crt]) await writeFile(path, 'old', { mode: 0o640 });
      proxy.hold(2_000_000);
      const options = { mode: 0o640 };
      const writing = connection.writeAll([
        { path: key, content: Buffer.from('new'), options },
        { path: crt, content: Buffer.alloc(5_000_000, 7), options },
      ]);
      const lost = expect(writing).rejects.toMatchObject({ code: 'connection.lost' });
      await proxy.held();
      await until(async () => (await halfWritten(directory, '.site.crt')) > 500_000);
      proxy.cut();
      await lost;
      await until(async () => !(await readdir(directory)).some((name) => name.startsWith('.site.crt')));
      expect((await readdir(directory)).filter((name) => name.startsWith('.site.key'))).toHaveLength(1);
      for (const path of [key, crt]) expect(await readFile(path, 'utf8')).toBe('old');
      const again = await connectTo(server, { port: proxy.port });
      await again.removeLeftovers([key, crt]);
      await again.close();
      expect((await readdir(directory)).sort()).toEqual(['site.crt', 'site.key']);
    });

    test('in the one script that writes several files leaves every old one, and nothing beside', async () => {
      const [key, crt] = [join(directory, 'site.key'), join(directory, 'site.crt')];
      for (const path of [key, crt]) await writeFile(path, 'old', { mode: 0o640 });
      proxy.hold(2_000_000);
      const options = { mode: 0o640, owner: 'root', group: 'root' };
      const writing = connection.writeAll([
        { path: key, content: Buffer.from('new'), options },
        { path: crt, content: Buffer.alloc(5_000_000, 7), options },
      ]);
      const lost = expect(writing).rejects.toMatchObject({ code: 'connection.lost' });
      await proxy.held();
      await until(async () => (await halfWritten(directory, '.site.crt')) > 500_000);
      expect((await readdir(directory)).filter((name) => name.startsWith('.site.key'))).toHaveLength(1);
      proxy.cut();
      await lost;
      await until(async () => (await readdir(directory)).length === 2);
      for (const path of [key, crt]) expect(await readFile(path, 'utf8')).toBe('old');
    });

    test('ends every running program with one clear failure', async () => {
      const script = 'touch "$1"; exec sleep 10';
      const running = [1, 2, 3, 4, 5, 6].map((n) =>
        connection.exec({ argv: ['sh', '-c', script, 'sh', join(directory, `runs-${n}`)] }),
      );
      const all = Promise.allSettled(running);
      await until(async () => (await readdir(directory)).length === 4); // the others wait for their turn
      proxy.cut();
      for (const one of await all) {
        expect(one).toMatchObject({ status: 'rejected', reason: { code: 'connection.lost' } });
      }
    });
  },
);

async function halfWritten(directory: string, start = '.'): Promise<number> {
  const name = (await readdir(directory)).find((one) => one.startsWith(start) && one.includes('.trustkeep-'));
  return name === undefined ? 0 : (await stat(join(directory, name))).size;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 600; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to that within half a minute');
}
