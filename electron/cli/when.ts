const units: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** `in 12 days`, `3 hours ago`, `now`: for people; scripts get the milliseconds. */
export function when(at: number | null, now: number): string {
  if (at === null) return 'never';
  const away = at - now;
  const text = span(Math.abs(away));
  if (text === null) return 'now';
  return away > 0 ? `in ${text}` : `${text} ago`;
}

/** Null when shorter than a second. Below two of a unit, the next smaller one says more. */
function span(ms: number): string | null {
  for (const [name, size] of units) {
    const count = Math.floor(ms / size);
    if (count >= 2 || (count === 1 && name === 'second')) return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return null;
}

/** With the date beside it, where there is room. */
export function dated(at: number | null, now: number): string {
  if (at === null) return 'never';
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC (${when(at, now)})`;
}
