import { expect, test } from 'vitest';
import { startAgent, tempDirectory } from '#test/make/agent.ts';
import { makeBigip, restSettings } from '#test/make/bigip.ts';

test('a restart of what needs none is told as that, and not as one before which nothing was served', async () => {
  const data = tempDirectory('f5-restart');
  const bigip = await makeBigip();
  const agent = await startAgent({ dataDirectory: data.path });
  try {
    const { host, port, user, password } = bigip;
    const { taskId } = await agent.call.endpoints.add({
      ...{ type: 'f5', name: 'bigip1', host, port, user, password },
      certificate_fingerprint: restSettings(bigip).certificate ?? '',
    });
    await agent.until(taskId ?? '');
    const restart = await agent.call.endpoints.restart({ endpoint: 'bigip1' });
    const { steps } = await agent.until(restart.taskId);
    expect(steps.at(-1)?.sentence).toBe('Nothing was restarted, so no handshakes were compared.');
  } finally {
    await agent.close();
    await bigip.stop();
    data.remove();
  }
});
