const hour = 3_600_000;
const day = 24 * hour;

/** As the contract allows, and an hour of summer time. */
const longestMs = 7 * day + hour;

const wakesAt = 6;

/** The next 6 o'clock of this machine's time zone. */
export function nextMorning(now: number): number {
  const morning = new Date(now);
  morning.setHours(wakesAt, 0, 0, 0);
  if (morning.getTime() <= now) morning.setDate(morning.getDate() + 1);
  return morning.getTime();
}

/** Whether a stored pause holds now. Where the clock has been set back since, it would hold for years: then it does not. */
export function holds(pause: { until: number }, now: number): boolean {
  return pause.until > now && pause.until - now <= longestMs;
}
