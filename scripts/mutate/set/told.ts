import { judgedBy, type Mutation } from '../mutation.ts';

/** Pauses, silence, and what is told when. */
export const toldMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/pause.test.ts'],
    [
      {
        breaks: 'a pause holds up what a person began',
        file: 'electron/agent/tasks/queue.ts',
        find: 'if (paused && isAutomatic(row) && !isHalfway(row)) continue;',
        put: 'if (paused && !isHalfway(row)) continue;',
      },
      {
        breaks: 'a pause stops between the first change and its proof',
        file: 'electron/agent/tasks/queue.ts',
        find: 'if (paused && isAutomatic(row) && !isHalfway(row)) continue;',
        put: 'if (paused && isAutomatic(row)) continue;',
      },
      {
        breaks: 'a pause holds for years when the clock is set back',
        file: 'electron/agent/policies/pause.ts',
        find: ' && pause.until - now <= longestMs',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/silence.test.ts'],
    [
      {
        breaks: 'a machine that has just woken up raises the alarm',
        file: 'electron/agent/upkeep/silence.ts',
        find: 'turns >= 2 && ',
        put: '',
      },
      {
        breaks: 'silence is told again at each turn',
        file: 'electron/agent/upkeep/silence.ts',
        find: ' && database.meta.get(note) !== String(since)',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/shell/toasts.test.ts'],
    [
      {
        breaks: 'a success with warnings waits for others',
        file: 'shared/model/told.ts',
        find: "return kind === 'succeeded' && level === 'success';",
        put: "return kind === 'succeeded';",
      },
      {
        breaks: 'whatever is about a plan can approve it',
        file: 'electron/shell/toast.ts',
        find: "plan: notice.kind === 'approval-needed' ? plan : null,",
        put: 'plan,',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/database/notifications.test.ts'],
    [
      {
        breaks: 'the order of a server is the task of a person',
        file: 'electron/database/wanted-rows.ts',
        find: "('gui', 'cli')",
        put: "('gui', 'cli', 'server')",
      },
    ],
  ),
];
