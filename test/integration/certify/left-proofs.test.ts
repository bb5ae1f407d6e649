import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { have } from '#test/servers/available.ts';
import type { SqliteDatabase } from '../../../electron/database/sqlite-database.ts';
import type { OrderHandle, OrderStatus } from '../../../electron/providers/authorities/authority.ts';
import { agent, prepareSite, site, start, stop } from './agent-and-site.ts';
import { addSite, approve } from './site.ts';

const handle = { at: 'the authority' };

describe.skipIf(!have('nginx'))('what proved control of names for an order that comes to nothing', () => {
  let removed: { handle: OrderHandle; names: readonly string[]; what: string | undefined }[];
  let taskId: string;
  prepareSite();
  beforeEach(async () => {
    removed = [];
    await start();
    const { nodeId } = await addSite(agent, site);
    ({ taskId } = await agent.call.certificates.request({ node: nodeId }));
  });

  /** The default authority takes the order, and is asked for it with this end; approves the plan. */
  async function whileAsked(poll: () => Promise<OrderStatus>): Promise<void> {
    const { id } = agent.database.authorities.default() ?? { id: '' };
    Object.assign(agent.authorities.get(id), {
      ...{ submit: async () => handle, poll },
      cleanUp: async (of: OrderHandle, { names }: { names: string[] }, _: unknown, what?: string) =>
        removed.push({ handle: of, names, what }),
    });
    await approve(agent, taskId);
  }
  const waiting = async (): Promise<OrderStatus> => ({
    ...{ state: 'pending', afterMs: 3_600_000, sentence: 'The CA is validating.' },
  });
  const waitingFor = () => agent.database.tasks.get(taskId)?.task.waitingFor;

  test('is removed when the task is cancelled, and its seal is not stored again', async () => {
    await whileAsked(waiting);
    await expect.poll(waitingFor, { timeout: 40_000 }).toBe('authority');
    const { names } = await agent.call.orders.show({ number: 1001 });
    await agent.call.tasks.cancel({ task: taskId });
    await expect.poll(() => removed).toEqual([{ handle, names, what: 'all' }]);
    expect(agent.database.secrets.list(taskId)).toEqual([]);
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
      await expect.poll(waitingFor, { timeout: 40_000 }).toBe('authority');
      const { driver } = agent.database as SqliteDatabase;
      driver.run(`UPDATE authorities SET settings = json_set(settings, '$.leafDays', 7)`);
      if (how === 'cancelled') await agent.call.tasks.cancel({ task: taskId });
      else expect((await agent.until(taskId)).failure?.code).toBe('approval.settings-changed');
      await expect.poll(() => removed).toMatchObject([{ handle, what: 'own listeners' }]);
    },
  );

  test('is left when what is stored of it is not what Trustkeep stored', async () => {
    await whileAsked(waiting);
    await expect.poll(waitingFor, { timeout: 40_000 }).toBe('authority');
    const driver = (agent.database as SqliteDatabase).driver;
    driver.run('UPDATE orders SET handle = ?', [JSON.stringify({ at: 'elsewhere' })]);
    await agent.call.tasks.cancel({ task: taskId });
    await stop();
    expect(removed).toEqual([]);
  });
});
