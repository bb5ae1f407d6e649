/** What `work` came to, and the milliseconds of the processor that it took, however many others want it meanwhile. */
export async function busy<T>(work: () => T): Promise<{ took: number; outcome: Awaited<T> }> {
  const before = process.cpuUsage();
  const outcome = await work();
  return { took: process.cpuUsage(before).user / 1000, outcome };
}
