/** The attack: who can write to the database file puts the rows of a task that has ended back as they were while it ran. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { have } from '#test/servers/available.ts';
import { type RunningNginx, startNginx } from '#test/servers/nginx.ts';
import { certifyKind } from '../../electron/agent/certificates/certify-kind.ts';
import type { TaskMemory, TaskRow } from '../../electron/database/database.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import { approve } from '../integration/certify/site.ts';

describe.skipIf(!have('nginx'))('a task that has ended', { timeout: 120_000 }, () => {
  let data: ReturnType<typeof tempDirectory>;
  let nginx: RunningNginx;
  let agent: TestAgent;

  beforeEach(async () => {
    data = tempDirectory('replay');
    const both = makeLeaf(makeCa({ commonName: 'Somebody else' }), {
      names: ['shop.example', 'blog.example'],
    });
    const server = (name: string) =>
      `server { listen 127.0.0.1:{port} ssl; server_name ${name}; ssl_certificate tls/a.crt; ssl_certificate_key tls/a.key; }\n`;
    // two nodes in one pair of files: the new certificate gets files of its own, which an undo would remove
    nginx = await startNginx({
      http: server('shop.example') + server('blog.example'),
      files: { 'tls/a.crt': both.chainPem, 'tls/a.key': both.keyPem },
    });
    agent = await startAgent({ dataDirectory: data.path });
  });
  afterEach(async () => {
    await agent.close();
    await nginx.stop();
    data.remove();
  });

  test.each([
    ['on its way back', 'undoing', 'restore', 'restore.not-approved', 'failed'],
    ['before the install', 'forward', 'install', 'snapshot.gone', 'not-needed'],
  ] as const)(
    'and is put back %s changes nothing of what is served',
    async (_where, way, step, code, restored) => {
      const added = await agent.call.endpoints.add({
        ...{ type: 'nginx', name: 'web1', nginx_config_path: nginx.configPath },
      });
      if (added.taskId !== null) await agent.until(added.taskId);
      const node = (await agent.call.nodes.list({ endpoint: 'web1' })).find(
        ({ name }) => name === 'shop.example',
      );
      const { taskId } = await agent.call.certificates.request({ node: node?.id ?? '' });
      const replay = remember(taskId, way);
      await approve(agent, taskId);
      expect(await agent.until(taskId)).toMatchObject({ state: 'succeeded' });
      const own = join(nginx.dir, 'tls/trustkeep');
      const installed = readdirSync(own);
      expect(installed).not.toEqual([]);
      replay();
      agent.agent.wake();
      const task = await agent.until(taskId);
      expect(task).toMatchObject({ state: 'failed', restored });
      expect(task.steps.find(({ name }) => name === step)?.failure).toMatchObject({
        code,
        sentence: expect.stringContaining('no longer on this machine'),
      });
      expect(readdirSync(own)).toEqual(installed);
    },
  );

  /** Keeps the rows as they are once the snapshot is made; what comes back puts them in place, with the way back begun when that is asked for. */
  function remember(taskId: string, direction: TaskMemory['direction']): () => void {
    const { driver } = agent.database as SqliteDatabase;
    type Row = { owner: string; name: string; sealed: Buffer; wrapped: Buffer };
    let kept: { row: TaskRow; secrets: Row[]; keys: Row[] } | null = null;
    agent.agent.events.on(() => {
      const row = agent.database.tasks.get(taskId);
      if (kept !== null || !row?.task.steps.some((one) => one.name === 'snapshot' && one.state === 'done'))
        return;
      const owners = [taskId, agent.database.approvals.ofTask(taskId)?.id ?? ''];
      const of = (table: string) =>
        driver.all(`SELECT * FROM ${table} WHERE owner IN (?, ?)`, owners) as unknown as Row[];
      kept = { row, secrets: of('secrets'), keys: of('secret_keys') };
    });
    return () => {
      if (kept === null) throw new Error('the snapshot was never made');
      const { row, secrets, keys } = kept;
      for (const { owner, name, sealed } of secrets)
        driver.run('INSERT OR REPLACE INTO secrets (owner, name, sealed) VALUES (?, ?, ?)', [
          owner,
          name,
          sealed,
        ]);
      for (const { owner, name, wrapped } of keys)
        driver.run('INSERT OR REPLACE INTO secret_keys (owner, name, wrapped) VALUES (?, ?, ?)', [
          owner,
          name,
          wrapped,
        ]);
      const undo = direction === 'undoing' ? certifyKind.undo : [];
      const steps = undo.map(({ name }) => ({
        ...{ name, state: 'to-do' as const, attempt: 0, startedAt: null },
        ...{ finishedAt: null, sentence: null, failure: null },
      }));
      agent.database.tasks.update({
        task: { ...row.task, steps: [...row.task.steps, ...steps], state: 'queued' },
        memory:
          direction === 'undoing' ? { ...row.memory, direction, cursor: 0, changing: true } : row.memory,
      });
    };
  }
});
