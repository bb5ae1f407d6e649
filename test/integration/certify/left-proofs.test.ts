import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { have } from '#test/servers/available.ts';
import type { SqliteDatabase } from '../../../electron/database/sqlite-database.ts';
import type {
  NotCleared,
  OrderHandle,
  OrderStatus,
} from '../../../electron/providers/authorities/authority.ts';
import { agent, prepareSite, site, start, stop } from './agent-and-site.ts';
import { addSite, approve } from './site.ts';

const handle = { at: 'the authority' };

describe.skipIf(!have('nginx'))('what proved control of names for an order that comes to nothing', () => {
  let removed: { handle: OrderHandle; names: readonly string[]; what: string | undefined }[];
  let taskId: string;
  let left: NotCleared[];
  prepareSite();
  beforeEach(async () => {
    removed = [];
    left = [];
    await start();
    const { nodeId } = await addSite(agent, site);
    ({ taskId } = await agent.call.certificates.request({ node: nodeId }));
  });

  /** What the default authority does, in this agent. */
  function authorityDoes(poll: () => Promise<OrderStatus>): void {
    const { id } = agent.database.authorities.default() ?? { id: '' };
    Object.assign(agent.authorities.get(id), {
      ...{ submit: async () => handle, poll },
      async cleanUp(of: OrderHandle, { names }: { names: string[] }, _: unknown, what?: string) {
        removed.push({ handle: of, names, what });
        return left;
      },
    });
  }

  /** The default authority takes the order, and is asked for it with this end; approves the plan. */
  async function whileAsked(poll: () => Promise<OrderStatus>): Promise<void> {
    authorityDoes(poll);
    await approve(agent, taskId);
  }
  const waiting = async (): Promise<OrderStatus> => ({
    ...{ state: 'pending', afterMs: 3_600_000, sentence: 'The CA is validating.' },
  });
  const waitingFor = () => agent.database.tasks.get(taskId)?.task.waitingFor;

  test('is removed when the task is cancelled, and its seal is not stored again', async () => {
    await whileAsked(waiting);
    await expect.poll(waitingFor, { timeout: 60_000 }).toBe('authority');
    const { names } = await agent.call.orders.show({ number: 1001 });
    await agent.call.tasks.cancel({ task: taskId });
    await expect.poll(() => removed).toEqual([{ handle, names, what: 'all' }]);
    await expect.poll(() => agent.database.secrets.list(taskId)).toEqual([]);
    expect(await agent.call.orders.list({})).toMatchObject([{ state: 'abandoned' }]);
  });

  test('is removed when the task fails', async () => {
    await whileAsked(async () => {
      throw new Failure('acme.dns-record-not-shown', 'It is nowhere.', { retry: 'never' });
    });
    expect((await agent.until(taskId)).state).toBe('failed');
    expect(removed).toMatchObject([{ handle, what: 'all' }]);
  });

  test.each(['cancelled', 'failed'])(
    'is removed from this machine alone by other settings: %s',
    async (how) => {
      let polls = 0;
      await whileAsked(async () => {
        polls += 1;
        return {
          state: 'pending',
          afterMs: polls === 1 ? 3_000 : 3_600_000,
          sentence: 'The CA is validating.',
        };
      });
      await expect.poll(waitingFor, { timeout: 60_000 }).toBe('authority');
      const { driver } = agent.database as SqliteDatabase;
      driver.run(`UPDATE authorities SET settings = json_set(settings, '$.leafDays', 7)`);
      if (how === 'cancelled') await agent.call.tasks.cancel({ task: taskId });
      else expect((await agent.until(taskId)).failure?.code).toBe('approval.settings-changed');
      await expect.poll(() => removed).toMatchObject([{ handle, what: 'own listeners' }]);
    },
  );

  test('is left when what is stored of it is not what Trustkeep stored', async () => {
    await whileAsked(waiting);
    await expect.poll(waitingFor, { timeout: 60_000 }).toBe('authority');
    const driver = (agent.database as SqliteDatabase).driver;
    driver.run('UPDATE orders SET handle = ?', [JSON.stringify({ at: 'elsewhere' })]);
    await agent.call.tasks.cancel({ task: taskId });
    await stop();
    expect(removed).toEqual([]);
  });

  const record = {
    what: 'the TXT record _acme-challenge.shop.example with the value abc',
    because: new Failure('acme.dns-script-failed', 'The DNS remove script ended with code 1.'),
  };
  const lastAudit = async () =>
    (await agent.call.audit.list({ limit: 50 })).filter(({ action }) => action.startsWith('clean-up'));
  const toCleanUp = async () => (await agent.call.endpoints.show({ endpoint: 'web1' })).toCleanUp;

  test.each(['cancelled', 'failed'])(
    'is tried again at the next start where it could not be removed, and told until then: %s',
    async (how) => {
      left = [record];
      await whileAsked(async () => {
        if (how === 'cancelled') return waiting();
        throw new Failure('acme.dns-record-not-shown', 'It is nowhere.', { retry: 'never' });
      });
      if (how === 'cancelled') {
        await expect.poll(waitingFor, { timeout: 60_000 }).toBe('authority');
        await agent.call.tasks.cancel({ task: taskId });
      } else await agent.until(taskId);
      const why =
        'The TXT record _acme-challenge.shop.example with the value abc was not removed: The DNS remove script ended with code 1.';
      await expect
        .poll(toCleanUp)
        .toBe(
          `What a task left here has not been removed yet: ${why} Trustkeep will try again automatically.`,
        );
      expect(await lastAudit()).toMatchObject([
        {
          outcome: 'failed',
          subject: taskId,
          sentence: `Cleaning up web1/shop.example is not complete: ${why}`,
        },
      ]);
      await stop();
      [removed, left] = [[], []];
      await start();
      authorityDoes(waiting);
      await expect.poll(() => removed, { timeout: 60_000 }).toMatchObject([{ handle, what: 'all' }]);
      await expect.poll(toCleanUp).toBeNull();
      expect((await lastAudit())[0]).toMatchObject({
        action: 'clean-up.done',
        outcome: 'ok',
        subject: taskId,
      });
      expect(agent.database.secrets.list(taskId)).toEqual([]);
    },
  );

  /** The record is left by a cancelled task, noted, and about to be tried again by the agent that was started since. */
  async function leftAndRestarted() {
    left = [record];
    await whileAsked(waiting);
    await expect.poll(waitingFor, { timeout: 60_000 }).toBe('authority');
    await agent.call.tasks.cancel({ task: taskId });
    await expect.poll(toCleanUp).not.toBeNull();
    await stop();
    removed = [];
    await start();
    return (agent.database as SqliteDatabase).driver;
  }

  test('is not removed later by settings that changed since, which is told once', async () => {
    const driver = await leftAndRestarted();
    driver.run(`UPDATE authorities SET settings = json_set(settings, '$.leafDays', 7)`);
    authorityDoes(waiting);
    await expect.poll(() => removed, { timeout: 60_000 }).toMatchObject([{ what: 'own listeners' }]);
    await expect.poll(toCleanUp).toBeNull();
    expect((await lastAudit())[0]).toMatchObject({ action: 'clean-up.failed', subject: taskId });
  });

  test('is not removed by a row that Trustkeep did not store', async () => {
    const driver = await leftAndRestarted();
    driver.run(`UPDATE leftovers SET content = json_set(content, '$.proofs.handle', 'of another order')`);
    authorityDoes(waiting);
    await expect.poll(toCleanUp, { timeout: 60_000 }).toBeNull();
    expect(removed).toEqual([]);
    expect((await lastAudit())[0]?.sentence).toContain('is not what Trustkeep stored');
  });
});
