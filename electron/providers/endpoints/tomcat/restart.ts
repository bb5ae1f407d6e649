import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { PlannedProof } from '#shared/model/plan.ts';
import { commandTimedOut, type HostConnection } from '../../connections/connection.ts';
import { said } from '../common/run.ts';
import type { EndpointTools, NoHandshake } from '../common/tools.ts';
import { locate } from './host-place.ts';
import { nodeLabel } from './sharing.ts';
import type { View } from './view.ts';
import { type Restart, restartArgv, type Way } from './ways.ts';

/** A restart of a large application takes minutes; nothing is gained by giving up sooner while its process lives. */
const startPatienceMs = 180_000;
const reloadPatienceMs = 3000;
/** All connectors of a Tomcat come up at its end, within a moment. */
const momentMs = 3000;
/** Waits between looks; the last one repeats. */
const waitsMs = [0, 50, 100, 200, 400, 800, 1000] as const;

interface Parts {
  connection: HostConnection;
  tools: Pick<EndpointTools, 'clock' | 'handshake'>;
}

interface Served {
  who: string;
  proof: PlannedProof;
}

/**
 * Makes Tomcat serve what is on disk and waits until everything that completed a TLS handshake before does so again: neither its answer
 * nor its process says so. `reload`: has the manager do so. `endpoint.restart-failed`.
 */
export async function makeServed(
  parts: Parts,
  view: View,
  way: Way,
  reload: () => Promise<void>,
): Promise<void> {
  const { connection } = parts;
  const before = await served(parts, everything(view));
  if (way.way === 'manager') {
    await reload();
    await waitFor(parts, before, reloadPatienceMs, async () => true);
    return;
  }
  const pid = view.place.running?.pid ?? null;
  await restart(connection, way, pid);
  if (before.length === 0) return untilUp(parts, view, pid);
  await waitFor(parts, before, startPatienceMs, () => runs(connection, view, pid));
}

/** Starts a Tomcat that does not run. `endpoint.not-running` when it is not ours to start. */
export async function startDead(
  parts: Parts,
  view: View,
  startAgain: readonly string[] | null,
): Promise<void> {
  await start(parts.connection, startAgain);
  await untilUp(parts, view, null);
}

/** What does not come up is for the proof to say: it was not up before either. `old`: the process that was to end. */
async function untilUp(parts: Parts, view: View, old: number | null): Promise<void> {
  const { clock } = parts.tools;
  const all = everything(view);
  const end = clock.monotonic() + startPatienceMs;
  let firstAt: number | null = null;
  for (let turn = 0; clock.monotonic() < end; turn++) {
    const up = (await served(parts, all)).length;
    if (up === all.length) return;
    if (up > 0 || (await answersPlainly(parts, view))) firstAt ??= clock.monotonic();
    if (firstAt !== null && clock.monotonic() > firstAt + momentMs) return;
    if (turn > 10 && !(await runs(parts.connection, view, old))) return;
    await pause(parts, turn);
  }
}

async function start(connection: HostConnection, startAgain: readonly string[] | null): Promise<void> {
  const { description } = connection;
  if (startAgain === null)
    throw new Failure('endpoint.not-running', `Tomcat is not running on ${description}.`, {
      hint: 'Start Tomcat there, then try again.',
    });
  const argv = startAgain as [string, ...string[]];
  const result = await connection.exec({ argv, timeoutMs: 60_000, leavesBehind: true });
  if (result.code === 0) return;
  throw new Failure('endpoint.restart-failed', `Tomcat on ${description} could not be started again.`, {
    hint: 'Check the message and the log of Tomcat for the reason.',
    peerSaid: said(result),
  });
}

const pause = ({ tools }: Parts, turn: number): Promise<void> =>
  tools.clock.sleep(waitsMs[Math.min(turn, waitsMs.length - 1)] ?? 1000);

async function restart(connection: HostConnection, way: Restart, pid: number | null): Promise<void> {
  const argv = restartArgv(way, pid);
  const timeoutMs = 150_000;
  const result = await connection.exec({ argv, timeoutMs, leavesBehind: true, partial: true });
  const shown = way.way === 'catalina' ? `${way.home}/bin/catalina.sh` : argv.join(' ');
  if (result.timedOut) throw commandTimedOut(connection.description, shown, timeoutMs);
  if (result.code === 0) return;
  const hung = way.way === 'catalina' && result.code === 3;
  throw new Failure(
    'endpoint.restart-failed',
    hung
      ? `Tomcat on ${connection.description} did not stop within a minute (process ${pid}), so it was not started again.`
      : `Tomcat on ${connection.description} could not be restarted (${shown} ended with code ${result.code}).`,
    { hint: 'Check the message and the log of Tomcat for the reason.', peerSaid: said(result) },
  );
}

/** Whether a process of this instance is there, other than the one that was to end. */
async function runs(connection: HostConnection, { place }: View, old: number | null): Promise<boolean> {
  const { running } = await locate(connection, place.base, place);
  return running !== null && running.pid !== old;
}

/** Where a certificate is to be served, by the configuration as it is now. */
function everything({ nodes }: View): Served[] {
  const all = nodes
    .filter(({ node, connector }) => node.certificate !== null && connector.down === null)
    .flatMap((node) => node.places.proofs.map((proof) => ({ who: nodeLabel(node), proof })));
  const byPlace = new Map(all.map((one) => [JSON.stringify(one.proof), one]));
  return [...byPlace.values()].slice(0, 100);
}

/** Whether a connector without TLS answers, which shows that Tomcat has started. */
async function answersPlainly({ tools }: Parts, { nodes }: View): Promise<boolean> {
  const places = nodes
    .filter(({ connector }) => !connector.tls)
    .flatMap((one) => one.places.bindings.slice(0, 1));
  const answers = await Promise.all(
    places.slice(0, 10).map(({ address, port }) => tools.handshake({ address, port, serverName: null })),
  );
  return answers.some((answer) => answer === null || answer.answered);
}

/** Those of them that complete a handshake now. */
async function served({ tools }: Parts, all: readonly Served[]): Promise<Served[]> {
  const answers = await Promise.all(all.map(({ proof }) => tools.handshake(proof)));
  return all.filter((_one, at) => answers[at] === null);
}

interface Missing extends Served {
  why: NoHandshake;
}

/** Those that do not, with why. */
async function missing({ tools }: Parts, all: readonly Served[]): Promise<Missing[]> {
  const answers = await Promise.all(all.map(({ proof }) => tools.handshake(proof)));
  return all.flatMap((one, at) => {
    const why = answers[at] ?? null;
    return why === null ? [] : [{ ...one, why }];
  });
}

/**
 * Until all of `before` are there again. What still is not a moment after others are, or answers and fails, will not come by itself; before
 * that, as long as the process lives, within patience.
 */
async function waitFor(
  parts: Parts,
  before: readonly Served[],
  patienceMs: number,
  lives: () => Promise<boolean>,
): Promise<void> {
  const { clock } = parts.tools;
  const end = clock.monotonic() + patienceMs;
  let upAt: number | null = null;
  for (let turn = 0; ; turn++) {
    const gone = await missing(parts, before);
    const [first] = gone;
    if (first === undefined) return;
    if (gone.length < before.length || gone.some(({ why }) => why.answered)) upAt ??= clock.monotonic();
    const settled = upAt !== null && clock.monotonic() > upAt + momentMs;
    // a new process may take a moment to show itself
    const dead = turn > 6 && !settled && !(await lives());
    if (dead || settled || clock.monotonic() > end) throw notServed(parts, first, dead);
    await pause(parts, turn);
  }
}

function notServed({ connection }: Parts, { who, why, proof }: Missing, dead: boolean): Failure {
  const ended = dead ? 'Tomcat stopped after it was started again' : `The ${who} no longer serves TLS`;
  const { sentence } = why;
  return new Failure(
    'endpoint.restart-failed',
    `${ended} on ${connection.description}: at ${proof.address} port ${proof.port}, ${sentence.replace(/\.$/, '')}.`,
    { hint: 'Check the log of Tomcat for the reason.', peerSaid: peerTail(sentence) },
  );
}
