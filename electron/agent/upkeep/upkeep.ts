import type { Domain, Ground } from '../domain.ts';
import { forgetOldNotifications } from './old-notifications.ts';
import { silenceWatch } from './silence.ts';

const eachMs = 30 * 60_000;
/** A start has better to do for a minute. */
const firstTurnMs = 60_000;

/** What the agent does for itself: backups of its database, forgetting old notifications, and a watch over its own renewals. */
export const upkeep: Domain<object> = {
  taskKinds: [],
  open: ({ parts, events, notifications }) => ({
    commands: {},
    loops: [
      { name: 'silence', firstTurnMs: 0, wokenBy: [], turn: silenceTurn({ parts, notifications }) },
      {
        name: 'old-notifications',
        firstTurnMs,
        wokenBy: [],
        async turn() {
          const changed = () => events.changed('notifications', null);
          return forgetOldNotifications({ ...parts, changed });
        },
      },
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

function silenceTurn({
  parts,
  notifications,
}: Pick<Ground, 'parts' | 'notifications'>): () => Promise<number> {
  const turn = silenceWatch({ ...parts, notify: (draft) => notifications.notify(draft) });
  return async () => {
    const next = turn();
    notifications.levelMayHaveChanged();
    return next;
  };
}
