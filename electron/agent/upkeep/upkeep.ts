import type { Domain } from '../domain.ts';

const eachMs = 30 * 60_000;
/** A start has better to do for a minute. */
const firstTurnMs = 60_000;

/** What the agent does for itself: backups of its database. */
export const upkeep: Domain<object> = {
  taskKinds: [],
  open: ({ parts }) => ({
    commands: {},
    loops: [
      {
        name: 'backup',
        firstTurnMs,
        wokenBy: [],
        async turn() {
          parts.backUp(parts.settings().backup_hours * 3_600_000);
          return eachMs;
        },
      },
    ],
  }),
};
