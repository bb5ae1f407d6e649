import type { InstallPlan, PlannedNeighbour } from '#shared/model/plan.ts';
import type { Around } from './shapes.ts';
import type { StepContext, StepTools } from './step.ts';

/** Handshakes at once: a server that is asked more at a time answers none of them sooner. */
const atOnce = 16;
const timeoutMs = 5000;
/** Waits between rounds; the last one repeats. A draining worker may still answer for a while. */
const waitsMs = [0, 50, 150, 300, 1000] as const;

/** What one neighbour or listener did that the plan did not announce. */
export interface Disturbed {
  /** `server blog.example (/etc/nginx/conf.d/blog.conf:3) at 127.0.0.1 port 443 (blog.example)` */
  place: string;
  /** Continues `place`: `shows another certificate than before (ab12…)`. */
  sentence: string;
}

/** Asks every neighbour and every listener of the plan what is there now. Undefined: the plan knows of none. */
export async function lookAround(tools: StepTools, install: InstallPlan): Promise<Around | undefined> {
  if (install.neighbours === undefined && install.listeners === undefined) return undefined;
  const [neighbours, listeners] = await Promise.all([
    inTurns(install.neighbours ?? [], async (neighbour) => {
      const seen = await ask(tools, neighbour);
      return { ...neighbour, chain: seen.kind === 'certificate' ? seen.chainFingerprints : null };
    }),
    inTurns(install.listeners ?? [], async (listener) => ({
      ...listener,
      accepts: await tools.acceptsConnections({ ...listener, timeoutMs }),
    })),
  ]);
  return { neighbours, listeners };
}

/**
 * Asks again what answered before. `newChain`: what those show that use the replaced certificate, leaf first; null: after a
 * restore, when all of them show what they showed. Comes back with null when all is as announced, else with the first
 * that is not when patience ends. Each is asked until it is right, so a server that is slow to reload is waited for.
 */
export async function disturbedAround(
  context: StepContext,
  around: Around | undefined,
  newChain: readonly string[] | null,
): Promise<Disturbed | null> {
  const { tools } = context;
  let neighbours = (around?.neighbours ?? []).filter(({ chain }) => chain !== null);
  let listeners = (around?.listeners ?? []).filter(({ accepts }) => accepts);
  const end = tools.clock.monotonic() + tools.proofPatienceMs;
  for (let turn = 0; ; turn++) {
    await tools.clock.sleep(waitsMs[Math.min(turn, waitsMs.length - 1)] ?? 1000, tools.signal);
    const found = new Map<object, Disturbed>();
    await Promise.all([
      inTurns(neighbours, async (neighbour) => {
        const sentence = await wrongAt(tools, neighbour, newChain);
        if (sentence !== null) found.set(neighbour, { place: placeOf(neighbour), sentence });
      }),
      inTurns(listeners, async (listener) => {
        if (await tools.acceptsConnections({ ...listener, timeoutMs })) return;
        const place = `${listener.address} port ${listener.port}`;
        found.set(listener, { place, sentence: 'no longer accepts connections' });
      }),
    ]);
    neighbours = neighbours.filter((one) => found.has(one));
    listeners = listeners.filter((one) => found.has(one));
    const [first] = found.values();
    if (first === undefined) return null;
    if (tools.clock.monotonic() > end) return first;
  }
}

/** For the end of a step's sentence, with a blank before it; empty when nothing was compared. */
export function comparedSentence(around: Around | undefined): string {
  if (around === undefined) return '';
  const answered = around.neighbours.filter(({ chain }) => chain !== null);
  const same = answered.filter(({ expects }) => expects === 'as-before').length;
  const silent = around.neighbours.length - answered.length;
  const up = around.listeners.filter(({ accepts }) => accepts).length;
  const parts = [
    ...(same === 0 ? [] : [`${same} other name${same === 1 ? '' : 's'} still served as before`]),
    ...(up === 0 ? [] : [`${up} listener${up === 1 ? '' : 's'} still up`]),
    ...(silent === 0
      ? []
      : [`${silent} other name${silent === 1 ? '' : 's'} did not answer before and could not be compared`]),
  ];
  return parts.length === 0 ? '' : ` Beside it: ${parts.join(', ')}.`;
}

function ask(
  tools: StepTools,
  { address, port, serverName, proxyProtocol, startTls, keyAlgorithm }: PlannedNeighbour,
) {
  const kind = keyAlgorithm === undefined ? {} : { keyAlgorithm };
  return tools.probeTls({ address, port, serverName, proxyProtocol, startTls, timeoutMs, ...kind });
}

async function wrongAt(
  tools: StepTools,
  neighbour: Around['neighbours'][number],
  newChain: readonly string[] | null,
): Promise<string | null> {
  const answer = await ask(tools, neighbour);
  if (answer.kind === 'no-answer')
    return `no longer completes a TLS handshake: ${answer.sentence.replace(/\.$/, '')}`;
  const announced = neighbour.expects === 'new-certificate' && newChain !== null;
  const expected = announced ? newChain : (neighbour.chain ?? []);
  const leaf = answer.leafFingerprint.slice(0, 16);
  // somebody else replaced its file earlier, and only this reload loads it
  if (!announced && answer.leafFingerprint === neighbour.onDisk && neighbour.onDisk !== expected[0])
    return null;
  if (answer.leafFingerprint !== expected[0])
    return announced
      ? `does not show the new certificate (${leaf}…)`
      : `shows another certificate than before (${leaf}…)`;
  // of a new chain all must be there; what was there before must be the same to the last one
  const shown = announced ? answer.chainFingerprints.slice(0, expected.length) : answer.chainFingerprints;
  if (sameChain(expected, shown)) return null;
  return announced
    ? 'shows the new certificate without its full chain'
    : 'shows its certificate with another chain than before';
}

/** The same certificates in the same order. */
export function sameChain(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((fingerprint, at) => fingerprint === other[at]);
}

function placeOf({ who, address, port, serverName }: PlannedNeighbour): string {
  return `${who} at ${address} port ${port}${serverName === null ? '' : ` (${serverName})`}`;
}

async function inTurns<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await each(items[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}
