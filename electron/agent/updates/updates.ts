import type { Domain, Ground } from '../domain.ts';
import { readsOfMark } from './aftermath.ts';
import { Autoupdate } from './autoupdate.ts';
import { readMemory, saveMemory } from './stored.ts';
import { firstCheckAt, minuteOfDay, untilOpen } from './timing.ts';

/** Also when nothing is due: the clock of the machine may be set, and an administrator may decide something. */
const longestPauseMs = 15 * 60_000;
const leastPauseMs = 1000;

/** What commands ask for. */
type UpdateCommands = Pick<
  Autoupdate,
  'status' | 'check' | 'failure' | 'enable' | 'disable' | 'install' | 'cancel' | 'goBack'
>;

/** Keeps this program up to date, where nothing else does. */
export const updates: Domain<UpdateCommands> = {
  taskKinds: [],
  open(ground) {
    const autoupdate = new Autoupdate(ground);
    let begun = false;
    return {
      commands: autoupdate,
      loops: [
        {
          name: 'updates',
          firstTurnMs: 2000,
          wokenBy: ['agent', 'ended-task'],
          async turn() {
            if (!begun) begin(ground, autoupdate);
            begun = true;
            return turn(ground, autoupdate);
          },
        },
      ],
      stop: () => autoupdate.stopped(),
    };
  },
};

/** Says how an update ended that was begun before this start, and draws when the first check comes. */
function begin({ parts, notifications }: Ground, autoupdate: Autoupdate): void {
  const { database, updates: given } = parts;
  const { told, notTaken } = readsOfMark(given.mark(), given.version);
  if (notTaken !== null) autoupdate.foundFailed(notTaken);
  if (told !== null && readMemory(database).told !== told.name) {
    saveMemory(database, { told: told.name });
    notifications.notify(told.draft);
  }
  drawFirstCheck(parts);
}

/** After a start, and after autoupdate was switched on. */
function drawFirstCheck({ database, clock, updates: given }: Ground['parts']): number {
  const at = firstCheckAt(clock.now(), readMemory(database), given.random());
  saveMemory(database, { nextCheckAt: at });
  return at;
}

async function turn({ parts, pause }: Ground, autoupdate: Autoupdate): Promise<number> {
  const { database, clock } = parts;
  if (pause.state() !== null) return longestPauseMs; // its end wakes the loops
  await autoupdate.installIfDue();
  const force = autoupdate.force();
  if (!force.enabled) return longestPauseMs;
  const now = clock.now();
  const due = readMemory(database).nextCheckAt ?? drawFirstCheck(parts);
  if (due <= now) await autoupdate.check(false);
  const next = (readMemory(database).nextCheckAt ?? now + longestPauseMs) - now;
  const opens = untilOpen(force.window, minuteOfDay(now));
  return Math.max(leastPauseMs, Math.min(next, opens > 0 ? opens : longestPauseMs, longestPauseMs));
}
