import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommandChange } from '#shared/model/changes/command.ts';
import { connectTools } from '#test/make/connection.ts';
import { canRunSshd, startSshd } from '#test/servers/sshd.ts';
import type { HostConnection } from '../../../electron/providers/connections/connection.ts';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { UserScripts } from '../../../electron/providers/endpoints/common/scripts.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const tools = connectTools;

/** Each gives a connection to this machine and what to stop afterwards. */
const ways = {
  'this machine': async () => ({
    connection: await connect({ type: 'local' }, {}, tools),
    stop: async () => {},
  }),
  SSH: () => overSsh({}),
  'SSH with sudo': () => overSsh({ user: { sudo: 'nopasswd' } }),
} as const;

async function overSsh(options: Parameters<typeof startSshd>[0]) {
  const sshd = await startSshd(options);
  const { host, port, user, hostKeyFingerprint: hostKey } = sshd;
  const place = { host, port, user, hostKey, auth: 'private-key' as const };
  const settings = { type: 'ssh' as const, ...place, store: null, storeCredentialId: null };
  const connection = await connect(settings, { privateKey: Secret.of(sshd.privateKeyPem) }, tools);
  return { connection, stop: sshd.stop };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

for (const [way, reach] of Object.entries(ways)) {
  const usable = process.getuid?.() === 0 && (way === 'this machine' || canRunSshd());
  describe.skipIf(!usable)(`a script of the user over ${way}`, () => {
    let dir: string;
    let reached: { connection: HostConnection; stop(): Promise<void> };
    beforeAll(async () => {
      reached = await reach();
    });
    afterAll(async () => {
      await reached?.connection.close();
      await reached?.stop();
    });
    beforeEach(async () => {
      dir = await mkdtemp(join(tmpdir(), 'trustkeep-script-'));
      await chmod(dir, 0o777);
    });
    afterEach(() => rm(dir, { recursive: true, force: true }));

    async function run(text: string, seconds = 60, masks: string[] = []) {
      const path = join(dir, 'install script');
      await writeFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      const settings = { installScript: path, restartScript: path, scriptTimeout: seconds };
      const scripts = new UserScripts(reached.connection, settings);
      const changes: CommandChange[] = scripts.commands('an alias; $(x)', 'the alias');
      return { scripts, ran: await scripts.install({ changes } as never, masks) };
    }

    test('is given the alias as one argument; its code and both outputs are kept, without secrets', async () => {
      const { ran } = await run(`printf '%s:%s\\n' "$#" "$1"; echo "store=Pw-1234" >&2; exit 7`, 60, [
        'Pw-1234',
      ]);
      expect(ran).toEqual({ code: 7, said: '1:an alias; $(x)\nstore=[secret]' });
    });

    test('that fails as a restart script is a failure with its code and what it printed', async () => {
      const { scripts } = await run('echo no such service; exit 3');
      await expect(scripts.restart()).rejects.toMatchObject({
        code: 'endpoint.restart-failed',
        message: expect.stringContaining('ended with code 3'),
        peerSaid: 'no such service',
      });
    });

    test('is ended at its time limit with all that it started, also what ignores that its session ends', async () => {
      const pids = join(dir, 'pids');
      const child = `(trap '' HUP TERM; echo $$; exec sleep 600) >/dev/null 2>&1 & echo $! >>'${pids}'`;
      const { ran } = await run(
        `echo begun; ${child}\nnohup sleep 600 >/dev/null 2>&1 & echo $! >>'${pids}'\necho $$ >>'${pids}'\nsleep 600`,
        1,
      );
      expect(ran).toMatchObject({
        code: 124,
        said: expect.stringMatching(/after 1 s.*\nbegun|after 1 s.* begun/s),
      });
      const started = (await readFile(pids, 'utf8')).trim().split('\n').map(Number);
      expect(started).toHaveLength(3);
      await vi.waitFor(() => expect(started.filter(isAlive)).toEqual([]), { timeout: 60_000, interval: 50 });
    });
  });
}
