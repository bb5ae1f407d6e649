/**
 * As `Promise.all`, but settles only when every one of them has: nothing works on behind the caller's back. Rejects as the first
 * in their order that failed.
 */
export async function allEnded<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [At in keyof T]: Awaited<T[At]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
