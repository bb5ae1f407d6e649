import { describe, expect, test } from 'vitest';
import type { HostConnection, HostExec } from '../../../../../electron/providers/connections/connection.ts';
import { reload } from '../../../../../electron/providers/endpoints/nginx/restart.ts';

const program = {
  ...{
    path: '/usr/sbin/nginx',
    version: 'nginx/1.22.1',
    configPath: '/etc/nginx/nginx.conf',
    prefix: '/etc/nginx',
  },
  ...{ pidPath: '/run/nginx.pid', errorLogPath: '/var/log/nginx/error.log' },
  given: { prefix: null, errorLog: null, directives: null },
};

/** Reloads an nginx with process 17 and worker 18 on a host that answers the order with this. */
function reloadOn(answer: { code: number | null; stdout?: string; stderr?: string; timedOut?: boolean }) {
  const asked: HostExec[] = [];
  const connection = {
    description: 'ssh web1:22',
    async exec(request: HostExec) {
      asked.push(request);
      const {
        code,
        stdout = '',
        stderr = '',
        timedOut = false,
      } = asked.length === 1 ? { code: 0, stdout: '17\n\nnginx: master process\n18\n\n' } : answer;
      return { code, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr), timedOut };
    },
  } as unknown as HostConnection;
  const facts = { program, pidPath: program.pidPath, errorLogPath: null, startAgain: null };
  return { reloaded: reload(connection, facts), asked };
}

describe('an nginx that is told to reload', () => {
  test('has settled when the host shows new workers and none of before', async () => {
    const { reloaded, asked } = reloadOn({ code: 0, stdout: 'told\nnew-workers\n' });
    expect(await reloaded).toEqual({ settled: true });
    expect(asked.at(-1)?.argv.slice(4)).toEqual([
      ...['17', '18', '/usr/sbin/nginx', '-c', '/etc/nginx/nginx.conf', '-s', 'reload'],
    ]);
  });

  test('may not have settled when it was told and the workers are those of before', async () => {
    for (const answer of [
      { code: 0, stdout: 'told\nunchanged\n' },
      { code: null, stdout: 'told\n', timedOut: true },
      { code: 0 },
    ])
      expect(await reloadOn(answer).reloaded).toEqual({ settled: false });
  });

  test('has failed when it stopped, or the command did not succeed, with what that said', async () => {
    await expect(reloadOn({ code: 0, stdout: 'told\ndied\n' }).reloaded).rejects.toMatchObject({
      code: 'endpoint.restart-failed',
      message: expect.stringContaining('nginx stopped after it was told to reload'),
    });
    await expect(reloadOn({ code: 1, stderr: 'nginx: [emerg] no' }).reloaded).rejects.toMatchObject({
      code: 'endpoint.restart-failed',
      message: expect.stringContaining('(/usr/sbin/nginx -c /etc/nginx/nginx.conf -s reload)'),
      peerSaid: 'nginx: [emerg] no',
    });
  });

  test('is not taken for told when the command did not end', async () => {
    await expect(reloadOn({ code: null, timedOut: true }).reloaded).rejects.toMatchObject({
      code: 'endpoint.command-timed-out',
      message: 'On ssh web1:22, /usr/sbin/nginx -c did not finish within 60 s and was stopped.',
    });
  });
});
