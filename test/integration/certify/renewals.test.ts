import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { JumpingClock } from '#test/make/clock.ts';
import { have } from '#test/servers/available.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { addSite } from './site.ts';

const hour = 3_600_000;
const day = 24 * hour;

describe.skipIf(!have('nginx'))('the renewal of a certificate', () => {
  prepareSite();
  let clock: JumpingClock;
  let nodeId: string;
  beforeEach(async () => {
    clock = new JumpingClock();
    await start({ clock });
    ({ nodeId } = await addSite(agent, site, { auto_approve: true }));
  });

  async function obtain(days?: number): Promise<string> {
    const { taskId } = await agent.call.certificates.request({ node: nodeId, ...(days ? { days } : {}) });
    expect((await agent.until(taskId)).state).toBe('succeeded');
    return site.served();
  }

  /** Lets time pass in sleep, then waits until the certify task number `count` has ended. */
  async function sleepThenTasks(ms: number, count: number) {
    clock.jump(ms);
    const end = Date.now() + 50_000;
    for (;;) {
      const tasks = (await agent.call.tasks.list({})).filter((task) => task.kind === 'certify');
      if (tasks.length >= count && tasks.every((task) => task.finishedAt !== null)) return tasks;
      if (Date.now() > end)
        throw new Error(`only ${tasks.length} tasks: ${JSON.stringify(agent.database.renewals.list())}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  test('comes by itself after two thirds of the lifetime, and not before', async () => {
    const first = await obtain();
    clock.jump(50 * day);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await agent.call.orders.list({})).length).toBe(1);
    const tasks = await sleepThenTasks(11 * day, 2);
    expect(tasks[0]).toMatchObject({ state: 'succeeded', origin: 'agent' });
    expect(await site.served()).not.toBe(first);
    expect((await agent.call.nodes.show({ node: nodeId })).renewal?.nextAt).toBeGreaterThan(
      clock.now() + 50 * day,
    );
  });

  test('is caught up after a week of sleep, once', async () => {
    const first = await obtain(10);
    await sleepThenTasks(7 * day, 2);
    expect(await site.served()).not.toBe(first);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await agent.call.orders.list({})).length).toBe(2);
  });

  test('that fails is said, tried again by the table, and at risk of expiry said louder', async () => {
    const first = await obtain(10);
    const authority = agent.authorities.get((await agent.call.authorities.list({}))[0]?.id ?? '');
    const real = authority.submit.bind(authority);
    authority.submit = async () => {
      throw new Failure('authority.no-certificate', 'The authority is closed for the night.', {
        retry: 'needs-person',
      });
    };
    await sleepThenTasks(6 * day, 2);
    const { renewal } = await agent.call.nodes.show({ node: nodeId });
    expect(renewal).toMatchObject({
      because: 'back-off',
      failures: 1,
      lastFailure: { code: 'authority.no-certificate' },
    });
    expect((renewal?.nextAt ?? 0) - clock.now()).toBeLessThanOrEqual(5 * 60_000);
    expect((await agent.call.notifications.list({})).map((one) => one.kind)).toContain('failed');

    await sleepThenTasks(3 * day, 3);
    expect(
      (await agent.call.notifications.list({})).find((one) => one.kind === 'renewal-at-risk'),
    ).toMatchObject({ level: 'danger' });

    authority.submit = real;
    await sleepThenTasks(hour, 4);
    expect(await site.served()).not.toBe(first);
    expect((await agent.call.nodes.show({ node: nodeId })).renewal).toMatchObject({
      failures: 0,
      because: 'fraction',
    });
  });

  test('asked for before its time and rejected leaves the schedule as it was', async () => {
    await obtain();
    const before = (await agent.call.nodes.show({ node: nodeId })).renewal;
    await agent.call.endpoints.update({ endpoint: 'web1', changes: { auto_approve: false } });
    const { taskId } = await agent.call.certificates.renew({ node: nodeId });
    await agent.until(taskId, ['waiting']);
    await agent.call.approvals.reject({ approval: taskId, comment: 'not tonight' });
    expect((await agent.until(taskId)).state).toBe('cancelled');
    expect((await agent.call.nodes.show({ node: nodeId })).renewal).toMatchObject({
      nextAt: before?.nextAt,
      because: 'fraction',
      failures: 0,
    });
  });

  test.each(['reject', 'cancel'] as const)(
    'that a person stops with %s when it is due is not asked for again within the day',
    async (how) => {
      await obtain();
      await agent.call.endpoints.update({ endpoint: 'web1', changes: { auto_approve: false } });
      clock.jump(61 * day);
      const end = Date.now() + 50_000;
      let asked: { id: string; taskId: string } | undefined;
      while (asked === undefined && Date.now() < end) {
        asked = (await agent.call.approvals.list({})).find((one) => one.state === 'pending');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { taskId } = asked ?? { taskId: '' };
      if (how === 'reject') await agent.call.approvals.reject({ approval: taskId });
      else await agent.call.tasks.cancel({ task: taskId });
      await agent.until(taskId);
      const { renewal } = await agent.call.nodes.show({ node: nodeId });
      expect(renewal?.sentence).toContain('A person rejected the plan');
      expect((renewal?.nextAt ?? 0) - clock.now()).toBeGreaterThan(20 * hour);
      expect((renewal?.nextAt ?? 0) - clock.now()).toBeLessThanOrEqual(day);
    },
  );

  test('does not happen where the owner switched it off', async () => {
    await agent.call.endpoints.update({ endpoint: 'web1', changes: { auto_renew: false } });
    await obtain(10);
    clock.jump(8 * day);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await agent.call.orders.list({})).length).toBe(1);
  });
});
