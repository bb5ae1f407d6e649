const minute = 60_000;
const hour = 60 * minute;

/** Between two checks: long enough for a feed that many machines ask, short enough for an urgent update. */
const eachMs = 6 * hour;
/** So that machines that started together do not ask together. */
const jitterMs = 30 * minute;
/** After the start: window, agent and network first. */
const afterStartMs = { least: 30_000, most: 5 * minute };
/** A restart is no reason to ask again soon. */
const leastBetweenMs = hour;
/** After the first, second and every further failure in a row. */
const afterFailureMs = [15 * minute, hour, eachMs];

interface LastCheck {
  lastCheckAt: number | null;
  nextCheckAt: number | null;
  failures: number;
}

/** When the first check after a start comes. `random` is 0 to below 1. Pure, as all here. */
export function firstCheckAt(now: number, { lastCheckAt, nextCheckAt }: LastCheck, random: number): number {
  const soon = now + afterStartMs.least + random * (afterStartMs.most - afterStartMs.least);
  const isRecent = lastCheckAt !== null && lastCheckAt <= now && now - lastCheckAt < leastBetweenMs;
  if (!isRecent) return Math.round(soon);
  return Math.round(Math.max(soon, nextCheckAt ?? lastCheckAt + eachMs));
}

/** When the next one comes, `failures` in a row counted with the last. */
export function nextCheckAt(now: number, failures: number, random: number): number {
  const pause = failures === 0 ? eachMs : (afterFailureMs[failures - 1] ?? eachMs);
  return Math.round(now + pause + random * Math.min(jitterMs, pause / 2));
}

/** Whether a window as `02:00-04:30` is open at this minute of the day; its end does not belong to it. */
export function isOpen(window: string, minuteOfDay: number): boolean {
  const [from, to] = ends(window);
  if (from === undefined || to === undefined || from === to) return true;
  return from < to ? minuteOfDay >= from && minuteOfDay < to : minuteOfDay >= from || minuteOfDay < to;
}

/** Milliseconds until it opens; 0 while it is open. */
export function untilOpen(window: string, minuteOfDay: number): number {
  const [from] = ends(window);
  if (from === undefined || isOpen(window, minuteOfDay)) return 0;
  return ((from - minuteOfDay + 24 * 60) % (24 * 60)) * minute;
}

/** In the time zone of this machine. */
export function minuteOfDay(at: number): number {
  const date = new Date(at);
  return date.getHours() * 60 + date.getMinutes();
}

function ends(window: string): (number | undefined)[] {
  return [...window.matchAll(/(\d\d):(\d\d)/g)].map(
    ([, hours, minutes]) => Number(hours) * 60 + Number(minutes),
  );
}
