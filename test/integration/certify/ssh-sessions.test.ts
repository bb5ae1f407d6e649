import { afterEach, describe, expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { addSite, approve } from './site.ts';

/**
 * sshd refuses channels beyond MaxSessions ("open failed"), at planning or when the order has been placed already. Others fail
 * there too: paramiko/paramiko#528, ronf/asyncssh#244 (as many commands as there are), PocketShell-io/pocketshell#2120.
 */
describe.skipIf(!have('nginx') || !canRunSshd())('a certificate over an SSH server', () => {
  let sshd: Sshd;
  afterEach(() => sshd.stop()); // the last to go
  prepareSite();

  test.each([1, 2])(
    'that allows only %i session(s) at a time is planned, installed and proved',
    async (most) => {
      sshd = await startSshd({ config: [`MaxSessions ${most}`] });
      await start();
      const { host, port, user } = sshd;
      const login = { connection_type: 'ssh', host, port, user, ssh_key_path: sshd.privateKeyPath };
      const { nodeId } = await addSite(agent, site, login);
      const { taskId } = await agent.call.certificates.request({ node: nodeId });
      await approve(agent, taskId);
      const task = await agent.until(taskId);
      expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
      expect(await site.served()).not.toBe(site.oldFingerprint);
      // it was refused sessions, and no step had to be repeated for that
      expect(sshd.output()).toContain('no more sessions');
      expect(task.steps.map(({ attempt }) => attempt).filter((count) => count > 1)).toEqual([]);
    },
  );
});
