import { type FakeTools, need, os } from './procedures.ts';

/** The latest comes first, as the database gives them. */
export const newestFirst = <T extends { createdAt: number }>(rows: readonly T[]): T[] =>
  rows.toSorted((a, b) => b.createdAt - a.createdAt);

/** Tasks and their plans. */
export function taskRoutes({ world, changed, did }: FakeTools) {
  const find = (id: string) => need(world.tasks, (one) => one.id === id, 'task', id, 'trustkeep tasks list');
  return {
    tasks: {
      list: os.tasks.list.handler(({ input }) =>
        newestFirst(world.tasks)
          .filter((task) => input.states === undefined || input.states.includes(task.state))
          .filter(({ origin }) => !input.mine || origin === 'gui' || origin === 'cli')
          .filter((_, at, all) => at > all.findIndex(({ id }) => id === input.older_than))
          .slice(0, input.limit),
      ),
      show: os.tasks.show.handler(({ input }) => ({
        task: find(input.task),
        plan: world.plans.get(input.task) ?? null,
      })),
      cancel: os.tasks.cancel.handler(({ input }) => {
        did('tasks.cancel', input);
        const task = find(input.task);
        Object.assign(task, { state: 'cancelled', waitingFor: null, finishedAt: Date.now() });
        changed('tasks');
        return task;
      }),
    },
  };
}
