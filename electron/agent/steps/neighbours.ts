import { inTurns } from '#kit/in-turns.ts';
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
export async function lookAround(
  tools: StepTools,
  { neighbours = [], listeners = [] }: InstallPlan,
  chainsOnDisk: (paths: readonly string[]) => Promise<Map<string, string[]>>,
): Promise<Around | undefined> {
  if (neighbours.length === 0 && listeners.length === 0) return undefined;
  const paths = neighbours.map(({ certificatePath }) => certificatePath).filter((path) => path !== null);
  const [onDisk, chains, accepting] = await Promise.all([
    chainsOnDisk([...new Set(paths)]),
    inTurns(neighbours, atOnce, async (neighbour) => {
      const seen = await ask(tools, neighbour);
      return seen.kind === 'certificate' ? seen.chainFingerprints : null;
    }),
    inTurns(listeners, atOnce, (listener) => tools.acceptsConnections({ ...listener, timeoutMs })),
  ]);
  return {
    neighbours: neighbours.map((neighbour, at) => ({
      ...neighbour,
      chain: chains[at] ?? null,
      onDisk: onDisk.get(neighbour.certificatePath ?? '') ?? null,
    })),
    listeners: listeners.map((listener, at) => ({ ...listener, accepts: accepting[at] ?? false })),
  };
}

/** How a second look compares with the first. */
interface Compared {
  /** The first that is not as announced; null: all are. */
  disturbed: Disturbed | null;
  /** The names that now show what somebody else had put on their disk before. */
  loaded: ReadonlySet<string | null>;
}

/**
 * Asks again what answered before. `newChain`: what those show that use the replaced certificate, leaf first; null: after a
 * restore, when all of them show what they showed. Each is asked until it is right or patience ends, so a server that is
 * slow to reload is waited for.
 */
export async function compareAround(
  context: StepContext,
  around: Around | undefined,
  newChain: readonly string[] | null,
): Promise<Compared> {
  const { tools } = context;
  let neighbours = (around?.neighbours ?? []).filter(({ chain }) => chain !== null);
  let listeners = (around?.listeners ?? []).filter(({ accepts }) => accepts);
  const loaded = new Set<string | null>();
  const end = tools.clock.monotonic() + tools.proofPatienceMs;
  for (let turn = 0; ; turn++) {
    await tools.clock.sleep(waitsMs[Math.min(turn, waitsMs.length - 1)] ?? 1000, tools.signal);
    const found = new Map<object, Disturbed>();
    await Promise.all([
      inTurns(neighbours, atOnce, async (neighbour) => {
        const verdict = await judge(tools, neighbour, newChain);
        if (verdict === 'loaded') loaded.add(neighbour.serverName);
        else if (verdict !== 'right')
          found.set(neighbour, { place: placeOf(neighbour), sentence: verdict.wrong });
      }),
      inTurns(listeners, atOnce, async (listener) => {
        if (await tools.acceptsConnections({ ...listener, timeoutMs })) return;
        const place = `${listener.address} port ${listener.port}`;
        found.set(listener, { place, sentence: 'no longer accepts connections' });
      }),
    ]);
    neighbours = neighbours.filter((one) => found.has(one));
    listeners = listeners.filter((one) => found.has(one));
    const [first] = found.values();
    if (first === undefined) return { disturbed: null, loaded };
    if (tools.clock.monotonic() > end) return { disturbed: first, loaded };
  }
}

/** For the end of a step's sentence, with a blank before it; empty when nothing was compared. */
export function comparedSentence(around: Around | undefined, { loaded }: Compared): string {
  if (around === undefined) return '';
  const namesOf = (those: Around['neighbours']) => new Set(those.map(({ serverName }) => serverName));
  const answered = around.neighbours.filter(({ chain }) => chain !== null);
  const same = namesOf(
    answered.filter(({ expects, serverName }) => expects === 'as-before' && !loaded.has(serverName)),
  );
  const silent = namesOf(around.neighbours.filter(({ chain }) => chain === null));
  const up = around.listeners.filter(({ accepts }) => accepts).length;
  const names = (count: number, rest: string) =>
    count === 0 ? [] : [`${count} other name${count === 1 ? '' : 's'} ${rest}`];
  const parts = [
    ...names(same.size, 'still served as before'),
    ...names(loaded.size, 'now served with what was already on disk'),
    ...(up === 0 ? [] : [`${up} listener${up === 1 ? '' : 's'} still up`]),
    ...names(silent.size, 'did not answer before and could not be compared'),
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

type Verdict = 'right' | 'loaded' | { wrong: string };

async function judge(
  tools: StepTools,
  neighbour: Around['neighbours'][number],
  newChain: readonly string[] | null,
): Promise<Verdict> {
  const answer = await ask(tools, neighbour);
  if (answer.kind === 'no-answer')
    return { wrong: `no longer completes a TLS handshake: ${answer.sentence.replace(/\.$/, '')}` };
  const announced = neighbour.expects === 'new-certificate' && newChain !== null;
  const { leafFingerprint, chainFingerprints } = answer;
  const leaf = leafFingerprint.slice(0, 16);
  if (announced) {
    if (leafFingerprint !== newChain[0]) return { wrong: `does not show the new certificate (${leaf}…)` };
    return showsWhole(newChain, answer)
      ? 'right'
      : { wrong: 'shows the new certificate without its full chain' };
  }
  const before = neighbour.chain ?? [];
  if (sameChain(before, chainFingerprints)) return 'right';
  if (isOnDisk(neighbour.onDisk ?? [], chainFingerprints)) return 'loaded';
  return {
    wrong:
      leafFingerprint === before[0]
        ? 'shows its certificate with another chain than before'
        : `shows another certificate than before (${leaf}…)`,
  };
}

/** Somebody else put it there earlier, and only this reload loads it. What is shown may leave out what links to nothing. */
function isOnDisk(onDisk: readonly string[], shown: readonly string[]): boolean {
  return shown[0] === onDisk[0] && shown.every((fingerprint) => onDisk.includes(fingerprint));
}

/** The same certificates in the same order. */
export function sameChain(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((fingerprint, at) => fingerprint === other[at]);
}

/** Every certificate of this chain in its order, whatever comes after it. */
export const showsWhole = (
  chain: readonly string[],
  { chainFingerprints }: { chainFingerprints: readonly string[] },
): boolean => sameChain(chain, chainFingerprints.slice(0, chain.length));

function placeOf({ who, address, port, serverName }: PlannedNeighbour): string {
  return `${who} at ${address} port ${port}${serverName === null ? '' : ` (${serverName})`}`;
}
