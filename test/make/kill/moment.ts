import { watch } from 'node:fs';

/** When something is done to an agent that is at work. */
export type Moment =
  /** So long after the task was driven (again). */
  | { after: 'time'; ms: number }
  /** So long after the process was started, ready or not. */
  | { after: 'start'; ms: number }
  /** So long after it wrote to its database, or a file of the target's directory changed, so often. */
  | { after: 'commits' | 'files'; count: number; ms: number };

export const saysMoment = (moment: Moment): string =>
  'count' in moment
    ? `${moment.ms} ms after ${moment.count} ${moment.after}`
    : `${moment.ms} ms of ${moment.after}`;

/** `due` resolves when the moment has come, counted from now. */
export function arm(
  moment: Moment,
  { data, files }: { data: string; files: string },
): { due: Promise<'due'>; disarm(): void } {
  const due = Promise.withResolvers<'due'>();
  const fire = (): void => void setTimeout(() => due.resolve('due'), moment.ms);
  if (!('count' in moment)) {
    const timer = setTimeout(() => due.resolve('due'), moment.ms);
    return { due: due.promise, disarm: () => clearTimeout(timer) };
  }
  let left = moment.count;
  const watcher = watch(moment.after === 'files' ? files : data, (_event, name) => {
    if (moment.after === 'commits' && name !== 'trustkeep.db-wal') return;
    left -= 1;
    if (left === 0) fire();
  });
  return { due: due.promise, disarm: () => watcher.close() };
}
