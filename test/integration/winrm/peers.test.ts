import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { account, connectWinrm, standardPrograms, users } from '#test/make/winrm.ts';
import { runWinrmClient } from '#test/servers/winrm-clients.ts';
import { startWsman } from '#test/servers/wsman.ts';
import { fetchedWinrmPeers } from '../../../scripts/find-winrm-peers.ts';

const peers = fetchedWinrmPeers();

describe.skipIf(peers === null)('the stand-in of a WinRM service', () => {
  test.each(['pypsrp', 'pywinrm'] as const)('speaks as %s expects', async (client) => {
    const server = await startWsman({ users, programs: standardPrograms, anyDestination: true });
    try {
      expect(await runWinrmClient(client, server.port, 'programs')).toEqual({
        code: 0,
        out: 'hello\r\n',
        same: true,
        fails: [2 ** 32 - 1, 'Zugriff verweigert: ?'],
      });
      expect([server.incidents, server.refusals, server.shells.open.size]).toEqual([[], [], 0]);
      const spoken = server.calls.filter(({ action }) => !['hello', 'proof', 'refused'].includes(action));
      expect(spoken.every(({ sealed }) => sealed)).toBe(true);
      expect(await runWinrmClient(client, server.port, 'programs', { password: 'wrong' })).toHaveProperty(
        'error',
      );
    } finally {
      await server.stop();
    }
  });
});

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A service of which nothing is ours: its port. */
async function startPeer(...odd: string[]): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-winrm-peer-'));
  const accounts = join(directory, 'accounts');
  await writeFile(accounts, `CORP:bob:${account.password.replace(':', '')}\n`, { mode: 0o600 });
  const program = join(import.meta.dirname, '../../servers/winrm-peer.py');
  const env = {
    PATH: process.env.PATH ?? '',
    PYTHONPATH: peers ?? '',
    NTLM_USER_FILE: accounts,
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const child = spawn('python3', [program, ...odd], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  stops.push(async () => {
    child.kill('SIGKILL');
    await rm(directory, { recursive: true, force: true });
  });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(port.toString());
}
const password = account.password.replace(':', '');

describe.skipIf(peers === null)('a WinRM service that shares no code with us', () => {
  test('runs real programs for us: both streams, exit code, large input and output', async () => {
    const host = await connectWinrm(await startPeer('noisy'), { password });
    const input = Buffer.from(Array.from({ length: 700_000 }, (_, at) => at & 255));
    const same = await host.run({ argv: ['cat'], stdin: input });
    expect([same.code, same.stdout.equals(input)]).toEqual([0, true]);
    const failed = await host.run({ argv: ['ls', '/no-such-directory'] });
    expect(failed.code).toBe(2);
    expect(failed.stderr.toString()).toContain('no-such-directory');
    expect((await host.run({ argv: ['sleep', '1'] })).code).toBe(0);
    expect(await host.run({ argv: ['sleep', '60'], timeoutMs: 600 })).toMatchObject({
      code: null,
      timedOut: true,
    });
    await host.close();
  });

  test('that closes the connection after the login is logged in to again', async () => {
    const host = await connectWinrm(await startPeer('drop'), { password });
    expect((await host.run({ argv: ['echo', 'x'] })).stdout.toString()).toBe('x\n');
    await host.close();
  });

  test('refuses a wrong password, and is asked once', async () => {
    const port = await startPeer();
    await expect(connectWinrm(port, { password: 'wrong' })).rejects.toMatchObject({
      code: 'winrm.login-refused',
    });
  });
});
