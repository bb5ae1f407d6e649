import { linkSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { changesOf } from '#shared/model/changes/index.ts';
import { have } from '#test/servers/available.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { addSite, approve, shop } from './site.ts';

describe.skipIf(!have('nginx'))('a certificate for a local nginx', () => {
  prepareSite();
  beforeEach(() => start());

  test('is found as External, planned, approved, installed and proved to be served', async () => {
    const { nodeId } = await addSite(agent, site);
    const before = await agent.call.nodes.show({ node: nodeId });
    expect(before.node).toMatchObject({
      name: shop,
      protocol: 'https',
      orderNumber: null,
      served: { state: 'same' },
    });
    expect(before.node.certificate?.fingerprint).toBe(site.oldFingerprint);

    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    const plan = await approve(agent, taskId);
    expect(plan.keyPlace.where).toBe('endpoint');
    expect(plan.names).toEqual([shop]);
    expect(
      changesOf(plan.install.changes, 'file')
        .map((file) => file.path)
        .sort(),
    ).toEqual([`${site.nginx.dir}/tls/shop.crt`, `${site.nginx.dir}/tls/shop.key`]);
    const task = await agent.until(taskId);

    expect(task.state, JSON.stringify(task.steps, null, 1)).toBe('succeeded');
    const served = await site.served();
    expect(served).not.toBe(site.oldFingerprint);
    const after = await agent.call.nodes.show({ node: nodeId });
    expect(after.node).toMatchObject({ orderNumber: 1001, served: { state: 'same', fingerprint: served } });
    expect(after.renewal).toMatchObject({ because: 'fraction', failures: 0 });
    expect((await agent.call.orders.list({}))[0]).toMatchObject({
      number: 1001,
      state: 'collected',
      certificateFingerprint: served,
    });
    expect((await agent.call.audit.verify({})).ok).toBe(true);
    expect((await agent.call.notifications.list({})).map((one) => one.kind).sort()).toEqual([
      'approval-needed',
      'succeeded',
    ]);
  });

  test('leaves nothing behind on the target but the files of the plan', async () => {
    const { nodeId } = await addSite(agent, site);
    const before = Object.keys(site.state());
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await approve(agent, taskId);
    await agent.until(taskId);
    expect(Object.keys(site.state())).toEqual(before);
  });

  test.each(['rsa-2048', 'rsa-3072', 'ec-p384'] as const)(
    'can have a key of type %s made in the agent',
    async (keyType) => {
      const { nodeId } = await addSite(agent, site);
      const { taskId } = await agent.call.certificates.request({
        node: nodeId,
        key_type: keyType,
        key_place: 'agent',
      });
      await approve(agent, taskId);
      expect((await agent.until(taskId)).state).toBe('succeeded');
      const { node } = await agent.call.nodes.show({ node: nodeId });
      expect(node.certificate?.keyType).toBe(keyType);
      expect(agent.database.secrets.list(taskId)).toEqual([]);
    },
  );

  test('is not touched when the plan is rejected', async () => {
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await agent.until(taskId, ['waiting']);
    await agent.call.approvals.reject({ approval: taskId, comment: 'not tonight' });
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'cancelled', failure: { code: 'approval.rejected' } });
    expect(task.failure?.sentence).toContain('not tonight');
    expect(site.state()).toEqual(before);
    expect(await agent.call.orders.list({})).toEqual([]);
  });

  test('is not touched by a dry run, which shows the same plan', async () => {
    const { nodeId } = await addSite(agent, site);
    const before = site.state();
    const preview = await agent.call.certificates.preview({ node: nodeId });
    expect(site.state()).toEqual(before);
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await agent.until(taskId, ['waiting']);
    expect((await agent.call.approvals.show({ approval: taskId })).plan.fingerprint).toBe(
      preview.fingerprint,
    );
  });

  test('goes through without a person only where the policy of the endpoint says so, and the audit says it', async () => {
    const { nodeId } = await addSite(agent, site, { auto_approve: true });
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    expect((await agent.until(taskId)).state).toBe('succeeded');
    expect((await agent.call.audit.list({})).map((row) => row.action)).toContain(
      'approval.approved-by-policy',
    );
  });

  test('waits for a person once where a file has another name, which keeps the previous certificate', async () => {
    const { nodeId } = await addSite(agent, site, { auto_approve: true });
    const alias = join(site.nginx.dir, 'mail.crt');
    linkSync(join(site.nginx.dir, 'tls/shop.crt'), alias);
    const { taskId } = await agent.call.certificates.request({ node: nodeId });
    await agent.until(taskId, ['waiting']);
    const plan = await approve(agent, taskId);
    expect(plan.install.warnings.join(' ')).toContain(alias);
    expect((await agent.until(taskId)).state).toBe('succeeded');
    expect(readFileSync(alias)).not.toEqual(readFileSync(join(site.nginx.dir, 'tls/shop.crt')));
    const again = await agent.call.certificates.renew({ node: nodeId });
    expect((await agent.until(again.taskId)).state).toBe('succeeded');
  });

  test('is renewed with the same names, key type and authority', async () => {
    const { nodeId } = await addSite(agent, site, { auto_approve: true });
    const first = await agent.call.certificates.request({ node: nodeId, key_type: 'ec-p384' });
    await agent.until(first.taskId);
    const one = await site.served();
    const { taskId } = await agent.call.certificates.renew({ node: nodeId });
    expect((await agent.until(taskId)).state).toBe('succeeded');
    expect(await site.served()).not.toBe(one);
    expect((await agent.call.orders.list({})).map((order) => [order.number, order.keyType])).toEqual([
      [1002, 'ec-p384'],
      [1001, 'ec-p384'],
    ]);
  });
});
