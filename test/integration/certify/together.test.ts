import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { type RunningNginx, serverText, startNginx } from '#test/servers/nginx.ts';
import type { ProbeTls } from '../../../electron/agent/steps/step.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { approve } from './site.ts';

const names = ['a.example', 'b.example', 'c.example'];

describe.skipIf(!have('nginx'))('several plans for one server', () => {
  let data: ReturnType<typeof tempDirectory>;
  let nginx: RunningNginx;
  let agent: TestAgent;
  let oldFingerprint: string;

  beforeEach(async () => {
    data = tempDirectory('certify-together');
    const old = makeLeaf(makeCa({ commonName: 'Somebody else' }), { names });
    oldFingerprint = old.facts.fingerprint;
    const sites = names.map((name, i) => [
      `sites/${name}.conf`,
      serverText({
        listen: [`127.0.0.1:{port${i === 0 ? '' : i + 1}} ssl`],
        names: [name],
        certificates: [{ certificate: '{dir}/tls/all.crt', key: '{dir}/tls/all.key' }],
      }),
    ]);
    nginx = await startNginx({
      files: { 'tls/all.crt': old.chainPem, 'tls/all.key': old.keyPem, ...Object.fromEntries(sites) },
      http: 'include {dir}/sites/*.conf;',
    });
    agent = await startAgent({ dataDirectory: data.path });
    const added = await agent.call.endpoints.add({
      type: 'nginx',
      name: 'web1',
      nginx_config_path: nginx.configPath,
    });
    await agent.until(added.taskId ?? '');
  });
  afterEach(async () => {
    await agent.close();
    await nginx.stop();
    data.remove();
  });

  async function requestAll(): Promise<string[]> {
    const nodes = await agent.call.nodes.list({ endpoint: 'web1' });
    const tasks: string[] = [];
    for (const { id } of nodes) tasks.push((await agent.call.certificates.request({ node: id })).taskId);
    for (const id of tasks) await agent.until(id, ['waiting']);
    return tasks;
  }

  test('approved at once are carried out one after the other: our own change is no drift', async () => {
    const tasks = await requestAll();
    for (const id of tasks) await approve(agent, id);
    for (const id of tasks) {
      const task = await agent.until(id);
      expect(task.state, task.failure?.sentence).toBe('succeeded');
    }
    const served = (await agent.call.nodes.list({ endpoint: 'web1' })).map((node) => node.served.state);
    expect(served).toEqual(['same', 'same', 'same']);
  });

  test('are refused all the same when somebody else changed the configuration meanwhile', async () => {
    const [first = '', second = ''] = await requestAll();
    await approve(agent, first);
    expect((await agent.until(first)).state).toBe('succeeded');
    await appendFile(join(nginx.dir, 'sites/a.example.conf'), '# half an idea\n');
    await approve(agent, second);
    expect((await agent.until(second)).failure).toMatchObject({ code: 'endpoint.drifted' });
  });

  test('one that fails takes nothing away from one that went well', async () => {
    const [first = '', second = ''] = await requestAll();
    await approve(agent, first);
    expect((await agent.until(first)).state).toBe('succeeded');
    await agent.close();
    const probe: ProbeTls = async (place) => {
      const answer = await probeTls(place);
      const hidden = answer.kind === 'certificate' && answer.leafFingerprint !== oldFingerprint;
      return hidden ? { kind: 'no-answer', code: 'tls.silent', sentence: 'Nobody answers.' } : answer;
    };
    agent = await startAgent({ dataDirectory: data.path, overrides: { probeTls: probe } });
    await approve(agent, second);
    expect(await agent.until(second)).toMatchObject({ state: 'failed', restored: 'proved' });
    expect(existsSync(join(nginx.dir, 'tls/trustkeep'))).toBe(true);
  });
});
