/**
 * Does `each` to all items, at most `atOnce` of them at a time, beginning in their order. Gives the results in that order. Rejects as
 * the first one that fails: then no other is begun, and those under way are not waited for.
 */
export async function inTurns<T, R>(
  items: readonly T[],
  atOnce: number,
  each: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      try {
        results[at] = await each(items[at] as T);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

/** The same function, of which at most so many calls are under way at a time; the others wait in their order. */
export function atMost<T, R>(atOnce: number, work: (item: T) => Promise<R>): (item: T) => Promise<R> {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (item) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work(item);
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
