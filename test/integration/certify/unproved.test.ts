import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { freePort } from '#test/servers/free-port.ts';

describe.skipIf(process.platform === 'win32')('a file that nobody is known to serve', () => {
  let data: ReturnType<typeof tempDirectory>;
  let agent: TestAgent;
  let path: string;
  let before: string;

  beforeEach(async () => {
    data = tempDirectory('certify-unproved');
    path = join(data.path, 'server.pem');
    const leaf = makeLeaf(makeCa({ commonName: 'Somebody else' }), { names: ['mail.example'] });
    before = `${leaf.chainPem}${leaf.keyPem}`;
    writeFileSync(path, before, { mode: 0o600 });
    agent = await startAgent({ dataDirectory: join(data.path, 'data') });
  });
  afterEach(async () => {
    await agent.close();
    data.remove();
  });

  async function install(more: Record<string, string>) {
    const added = await agent.call.endpoints.add({
      type: 'pem',
      name: 'mail',
      path,
      auto_approve: true,
      ...more,
    });
    await agent.until(added.taskId ?? '');
    const node = (await agent.call.nodes.list({ endpoint: 'mail' }))[0];
    const { taskId } = await agent.call.certificates.request({ node: node?.id ?? '' });
    return agent.until(taskId);
  }

  test('is put back when its restart script fails, and nobody claims that this is proved to be served', async () => {
    const script = join(data.path, 'restart.sh');
    writeFileSync(script, '#!/bin/sh\nexit 3\n');
    chmodSync(script, 0o755);
    const task = await install({ restart_script: script });
    expect(task).toMatchObject({ state: 'failed', restored: 'unproved' });
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('is put back when nothing listens where it should be served, and the sentences end once', async () => {
    const task = await install({ served_at: `127.0.0.1:${await freePort()}` });
    expect(task).toMatchObject({ state: 'failed', restored: 'unproved' });
    expect(task.failure?.sentence).toMatch(/[^.]\.$/);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });
});
