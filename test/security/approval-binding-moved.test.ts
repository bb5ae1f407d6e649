import { copyFileSync, cpSync, mkdirSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { have } from '#test/servers/available.ts';
import { approve } from '../integration/certify/site.ts';
import { agent, ids, prepareApproval, site, when } from './approved-plan.ts';

describe.skipIf(!have('nginx'))('between the yes and the install', () => {
  prepareApproval();

  test('an approval that is only written into the database counts for nothing', async () => {
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    await agent.until(taskId, ['waiting']);
    const approval = agent.database.approvals.ofTask(taskId);
    const row = agent.database.tasks.get(taskId);
    if (approval === null || row === null) throw new Error('nothing waits');
    const said = {
      state: 'approved',
      decidedBy: 'root',
      decidedOrigin: 'gui',
      decidedAt: Date.now(),
    } as const;
    agent.database.approvals.update({ ...approval, ...said });
    agent.database.tasks.update({ ...row, task: { ...row.task, wakeAt: Date.now() } });
    agent.agent.wake();
    expect(await agent.until(taskId)).toMatchObject({
      state: 'failed',
      failure: { code: 'approval.missing' },
    });
    expect(site.state()).toEqual(before);
  });

  test('an endpoint that is being changed cannot be led to another place', async () => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    const tried = Promise.withResolvers<unknown>();
    when(taskId, 'install', 'running', () => {
      agent.call.endpoints
        .update({ endpoint: 'web1', changes: { nginx_path: '/usr/sbin/nginx' } })
        .then(tried.resolve, tried.resolve);
    });
    await approve(agent, taskId);
    const outcome = await tried.promise;
    const task = await agent.until(taskId);
    // either the task was still at work, and the change had to wait, or it had ended before the probe was through
    if (outcome instanceof Error) expect(outcome).toMatchObject({ data: { code: 'endpoint.busy' } });
    expect(task.state).toBe('succeeded');
  });

  test('a link where the key was, to a file with the same content, is drift', async () => {
    const key = join(site.nginx.dir, 'tls/shop.key');
    const other = join(site.nginx.dir, 'other');
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    await agent.until(taskId, ['waiting']);
    mkdirSync(other);
    copyFileSync(key, join(other, 'victim'));
    renameSync(key, `${key}.old`);
    symlinkSync(join(other, 'victim'), key);
    const before = readFileSync(join(other, 'victim'), 'utf8');
    await approve(agent, taskId);
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', failure: { code: 'endpoint.drifted' } });
    expect(task.failure?.sentence).toContain('now leads to');
    expect(readFileSync(join(other, 'victim'), 'utf8')).toBe(before);
  });

  test('a directory swapped for a link just before the install has nothing written through it', async () => {
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    const tls = join(site.nginx.dir, 'tls');
    when(taskId, 'snapshot', 'done', () => {
      renameSync(tls, `${tls}-real`);
      cpSync(`${tls}-real`, `${tls}-victim`, { recursive: true, preserveTimestamps: true });
      symlinkSync(`${tls}-victim`, tls);
    });
    await approve(agent, taskId);
    // nothing was changed, so nothing is restored either: a restore would write through it
    const task = await agent.until(taskId);
    expect(task).toMatchObject({
      state: 'failed',
      restored: 'not-needed',
      failure: { code: 'endpoint.drifted' },
    });
    expect(task.failure?.sentence).toContain(`${tls}/shop.crt now leads to ${tls}-victim/`);
    for (const name of ['shop.crt', 'shop.key'])
      expect(readFileSync(join(`${tls}-victim`, name))).toEqual(readFileSync(join(`${tls}-real`, name)));
    expect(await site.served()).toBe(site.oldFingerprint);
  });
});
