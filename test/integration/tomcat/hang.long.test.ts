import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { haveTomcat, type RunningTomcat, startTomcat } from '#test/servers/tomcat.ts';
import { connector, endpointOf, files, host, leafFor, pem } from './real-tomcat.ts';

describe.skipIf(!haveTomcat(10) || process.getuid?.() !== 0)('a Tomcat that does not end', () => {
  let server: RunningTomcat;
  beforeAll(async () => {
    server = await startTomcat({
      files: files({ a: leafFor('a.example') }),
      connectors: connector('{port2}', host('_default_', pem('a'))),
    });
  });
  afterAll(() => server?.stop());

  it('is given a minute, is not started a second time, and is said to hang', async () => {
    const pid = await server.pid();
    process.kill(pid ?? 0, 'SIGSTOP');
    try {
      await expect(endpointOf(server).powers.restarts?.restart()).rejects.toMatchObject({
        code: 'endpoint.restart-failed',
        message: `Tomcat on this machine did not stop within a minute (process ${pid}), so it was not started again.`,
      });
      expect(await server.pid()).toBe(pid);
    } finally {
      process.kill(pid ?? 0, 'SIGCONT');
    }
  });
});
