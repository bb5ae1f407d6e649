import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { have } from '#test/servers/available.ts';
import { agent, prepareSite, site, start } from './agent-and-site.ts';
import { addSite } from './site.ts';

/** A process that is killed between the two would leave the one without the other. */
describe.skipIf(!have('nginx'))(
  'what a person begins or decides is stored with its audit row or not at all',
  () => {
    prepareSite();
    let nodeId: string;
    beforeEach(async () => {
      await start();
      ({ nodeId } = await addSite(agent, site));
    });

    /** The row of this command cannot be written. */
    async function unwritten(command: string, call: () => Promise<unknown>): Promise<void> {
      const { audit } = agent.database;
      const append = audit.append.bind(audit);
      audit.append = (row) => {
        if (row.action === command) throw new Failure('database.disk-full', 'There is no room for a row.');
        return append(row);
      };
      await expect(call()).rejects.toThrow('no room');
      audit.append = append;
    }
    const certifies = async () => (await agent.call.tasks.list({})).filter(({ kind }) => kind === 'certify');

    test('a request', async () => {
      await unwritten('certificates.request', () => agent.call.certificates.request({ node: nodeId }));
      expect(await certifies()).toEqual([]);
    });

    test('an approval', async () => {
      const { taskId } = await agent.call.certificates.request({ node: nodeId });
      await agent.until(taskId, ['waiting']);
      await unwritten('approvals.approve', () => agent.call.approvals.approve({ approval: taskId }));
      expect((await agent.call.approvals.show({ approval: taskId })).state).toBe('pending');
    });

    test('a cancellation', async () => {
      const { taskId } = await agent.call.certificates.request({ node: nodeId });
      await agent.until(taskId, ['waiting']);
      await unwritten('tasks.cancel', () => agent.call.tasks.cancel({ task: taskId }));
      expect((await certifies())[0]).toMatchObject({ id: taskId, state: 'waiting' });
    });
  },
);
