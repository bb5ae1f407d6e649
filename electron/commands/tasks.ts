import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import { placeOf } from '#shared/model/subject.ts';
import type { CommandContext } from '../transport/context.ts';
import { notFound } from './find.ts';
import type { CommandTools } from './tools.ts';

const usualLimit = 100;

export function taskCommands({ database, agent }: CommandTools) {
  const os = implement(contract.tasks).$context<CommandContext>();
  const find = (id: string) => {
    const row = database.tasks.get(id);
    if (row === null) throw notFound('task', id, 'trustkeep tasks list');
    return row.task;
  };
  return os.router({
    list: os.list.handler(({ input, context }) =>
      database.tasks.list({
        states: input.states,
        about: input.about,
        by: input.mine ? context.caller.actor : undefined,
        olderThan: input.older_than,
        limit: input.limit ?? usualLimit,
      }),
    ),
    show: os.show.handler(({ input }) => {
      const task = find(input.task);
      return { task, plan: database.approvals.ofTask(task.id)?.plan ?? null };
    }),
    cancel: os.cancel.handler(({ input, context }) => {
      const { id } = find(input.task);
      return context.audit.commit(
        () => agent.cancel(id, context.caller),
        ({ kind, subject }) => {
          const sentence = `The task ${kind} of ${placeOf(subject)} was cancelled.`;
          return { subject: id, sentence };
        },
      );
    }),
  });
}
