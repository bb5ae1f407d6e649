import type { Clock, Timer } from '#kit/clock.ts';
import { readMark, type UpdateMark, writeMark } from '../../updates/mark.ts';

/** Within this time a new version must call itself healthy. */
const patienceMs = 60_000;

interface HealthParts {
  /** Where the mark is. */
  folder: string;
  version: string;
  clock: Clock;
  /** The new version is not well: says why. At most once. */
  unwell(why: string): void;
}

export interface Health {
  /** The database is open and at its version, and the agent has started. */
  agentWorks(): void;
  /** The page has said something. */
  windowAnswers(): void;
  /** This is the first run of a version that has not called itself healthy; null: it is not. */
  onTrial(): UpdateMark | null;
  /** The program ends in good order: no sign of trouble. */
  ends(): void;
}

/** After an update: watches whether the new version is well, and says so to the next start. */
export function watchHealth({ folder, version, clock, unwell }: HealthParts): Health {
  const mark = readMark(folder);
  let trial = mark !== null && mark.to === version && mark.state !== 'healthy' ? mark : null;
  const startsBefore = trial?.starts ?? 0;
  let left = 2;
  let timer: Timer | null = null;
  const give = (): void => timer?.cancel();
  const note = (updates: Partial<UpdateMark>): void => {
    if (trial === null) return;
    trial = { ...trial, ...updates };
    writeMark(folder, trial);
  };
  const well = (): void => {
    left--;
    if (left > 0 || trial === null) return;
    give();
    note({ state: 'healthy', starts: 0 });
    trial = null;
  };
  const seen = { agent: false, window: false };
  const once = (what: keyof typeof seen): void => {
    if (seen[what]) return;
    seen[what] = true;
    well();
  };
  if (trial !== null) {
    note({ state: 'started', starts: startsBefore + 1 });
    if (startsBefore > 0) unwell('It ended before it was ready the last time it was started.');
    else timer = clock.after(patienceMs, () => unwell(missing(seen)));
  }
  return {
    agentWorks: () => once('agent'),
    windowAnswers: () => once('window'),
    onTrial: () => trial,
    ends() {
      give();
      note({ starts: 0 });
    },
  };
}

function missing({ agent }: { agent: boolean }): string {
  return agent
    ? 'Its window has not answered within a minute.'
    : 'Its agent has not started within a minute.';
}
