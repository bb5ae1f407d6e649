/**
 * The first of some names and how many more there are: `a.test, b.test, c.test and 37 more`. All of them when only one
 * would be left. For where there is room for a line; whoever writes it shows all of them elsewhere.
 */
export function firstOf(names: readonly string[], most = 3): string {
  const shown = firstFew(names, most);
  const more = names.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

/** The first so many, and one more rather than "1 more". */
export function firstFew<T>(all: readonly T[], most: number): readonly T[] {
  return all.length <= most + 1 ? all : all.slice(0, most);
}
