import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { exec } from '#kit/exec.ts';
import type { Task } from '#shared/model/task.ts';
import { tagOf } from '../../../electron/agent/steps/tag.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import type { Client } from '../../../electron/transport/client.ts';
import { listing } from '../endpoints.ts';
import type { Drive } from './drive.ts';
import type { Round } from './round.ts';
import type { Servers, Target } from './servers.ts';
import { countedCredential, store, type World } from './world.ts';

/** Everything a round must leave as it was, or change as it says. */
interface Before {
  /** Below the nginx directory: content, owner, mode. */
  files: Record<string, string>;
  /** Fingerprint that each name is served with. */
  served: Record<string, string>;
  /** Names in the data directory of the agent. */
  data: string[];
}

export async function lookAtAll({ servers, agent }: World): Promise<Before> {
  return {
    files: await listing(servers.nginx.dir),
    served: Object.fromEntries(
      await Promise.all(servers.served.map(async ({ host, port }) => [host, await shownAt(host, port)])),
    ),
    data: readdirSync(agent.dataDirectory),
  };
}

async function shownAt(serverName: string, port: number): Promise<string> {
  const answer = await probeTls({ address: '127.0.0.1', port, serverName, timeoutMs: 10_000 });
  return answer.kind === 'certificate' ? answer.leafFingerprint : answer.code;
}

/** Do key and certificate on the disk belong together? */
export function pairBelongs({ certificate, key }: Target): boolean {
  try {
    return new X509Certificate(readFileSync(certificate)).checkPrivateKey(
      createPrivateKey(readFileSync(key)),
    );
  } catch {
    return false;
  }
}

/** Would nginx start with what is on the disk? */
export async function wouldStart({ nginx }: Servers): Promise<boolean> {
  const argv: [string, ...string[]] = ['/usr/sbin/nginx', '-t', '-q', '-c', nginx.configPath];
  return (await exec({ argv, timeoutMs: 60_000 })).code === 0;
}

/** How a task ended is wrong: one sentence each. */
type JudgesEnd = (round: Round, task: Task) => string[];

/** What is wrong after a round: one sentence each. The agent runs. */
export async function wrongAfter(
  world: World,
  round: Round,
  drive: Drive,
  before: Before,
  judgesEnd: JudgesEnd = wrongEnd,
): Promise<string[]> {
  const { task } = drive;
  if (task === null) return ['the task did not end'];
  const after = await lookAtAll(world);
  const asked = await world.agent.call((client) => fromTheAgent(world, drive, client));
  if (asked === null) return ['the agent went away after the round'];
  return [
    ...judgesEnd(round, task),
    ...wrongFiles(world, round, task, before, after),
    ...wrongServed(round, task, asked.fingerprint, before, after),
    ...(pairBelongs(round.target) ? [] : ['key and certificate on the disk do not belong together']),
    ...((await wouldStart(world.servers)) ? [] : ['nginx would not start']),
    ...asked.wrong,
    ...wrongOrders(world, asked.ordersPlaced),
    ...leftOver(world, before, after),
  ];
}

function wrongEnd({ person, reload, authority }: Round, task: Task): string[] {
  const { state, restored, failure } = task;
  // the CA asked while the process that answers it was dead: it refused the order, and nothing was changed
  if (authority === 'by the agent' && failure?.about === 'authority' && restored === 'not-needed') return [];
  const undone = state === 'failed' && restored === 'proved';
  const right =
    person !== 'approves'
      ? state === 'cancelled'
      : reload === 'works'
        ? state === 'succeeded'
        : reload === 'swallowed once'
          ? undone || state === 'succeeded'
          : undone;
  if (right) return [];
  const why = task.failure === null ? '' : ` (${task.failure.code}: ${task.failure.sentence})`;
  return [`the task ended ${state}${restored === null ? '' : `, restored: ${restored}`}${why}`];
}

function wrongFiles(world: World, { target }: Round, task: Task, before: Before, after: Before): string[] {
  const { dir } = world.servers.nginx;
  const own = new Set([target.certificate, target.key].map((path) => relative(dir, path)));
  const paths = new Set([...Object.keys(before.files), ...Object.keys(after.files)]);
  const changed = task.state.startsWith('succeeded');
  // what then is left or changed is told by the task
  if (task.state === 'succeeded-with-warnings' || task.restored === 'failed') return [];
  return [...paths].flatMap((path) => {
    const [then, now] = [before.files[path], after.files[path]];
    if (then === now) return changed && own.has(path) ? [`${path} was not replaced`] : [];
    if (then === undefined) return isForNextAttempt(task, path) ? [] : [`${path} is left over`];
    // what a task before left is removed by whoever finds it
    if (now === undefined) return /trustkeep-/.test(path) ? [] : [`${path} is gone`];
    return changed && own.has(path) && rights(then) === rights(now)
      ? []
      : [`${path} was changed: ${then}, ${now}`];
  });
}

/** The key of a certificate that was issued and not installed: the next attempt installs that one. */
function isForNextAttempt(task: Task, path: string): boolean {
  const issued = task.steps.some(({ name, state }) => name === 'await-certificate' && state === 'done');
  return issued && !task.state.startsWith('succeeded') && path.includes(`.trustkeep-${tagOf(task)}.key.`);
}

/** Owner, group and mode, without the hash behind them. */
const rights = (facts: string): string => facts.split(' ').slice(0, 2).join(' ');

function wrongServed(
  { target }: Round,
  task: Task,
  ordered: string | null,
  before: Before,
  after: Before,
): string[] {
  return Object.entries(after.served).flatMap(([host, fingerprint]) => {
    const changes = host === target.host && task.state.startsWith('succeeded');
    const wanted = changes ? ordered : before.served[host];
    return fingerprint === wanted ? [] : [`${host} is served with ${fingerprint}, not with ${wanted}`];
  });
}

interface Told {
  wrong: string[];
  /** Of the certificate that was ordered, when it was collected. */
  fingerprint: string | null;
  ordersPlaced: number;
}

async function fromTheAgent(world: World, drive: Drive, client: Client): Promise<Told> {
  const wrong: string[] = [];
  const orders = (await client.orders.list({ limit: 50 })).filter(({ taskId }) => taskId === drive.taskId);
  if (orders.length > 1) wrong.push(`the task has ${orders.length} orders`);
  const verdict = await client.audit.verify({});
  if (!verdict.ok) wrong.push(`the audit chain does not verify: ${JSON.stringify(verdict)}`);
  wrong.push(...(await missingInAudit(world, drive, client)));
  const revealed = await client.credentials.reveal({ storename: store, id: countedCredential });
  if (Number(revealed.password) < world.acknowledged)
    wrong.push(`the value ${world.acknowledged} was acknowledged, and ${revealed.password} is stored`);
  world.acknowledged = Number(revealed.password);
  const alive = (await client.tasks.list({ limit: 20 })).filter(({ finishedAt }) => finishedAt === null);
  for (const { id, kind, state } of alive) wrong.push(`the ${kind} task ${id} is ${state}`);
  return { wrong, fingerprint: orders[0]?.certificateFingerprint ?? null, ordersPlaced: orders.length };
}

/** Whatever was answered has a row, and what the person decided of this task, also when the answer was cut off. */
async function missingInAudit(world: World, drive: Drive, client: Client): Promise<string[]> {
  const rows = (await client.audit.list({ limit: 1000 })).filter(({ number }) => number > world.audited);
  world.audited = Math.max(world.audited, ...rows.map(({ number }) => number));
  const has = (action: string, subject: string): boolean =>
    rows.some((row) => row.action === action && row.subject === subject && row.outcome === 'ok');
  const lost = drive.acknowledged.filter(({ action, subject }) => !has(action, subject));
  const wrong = lost.map(
    ({ action, subject }) => `${action} of ${subject} was answered and is not in the audit`,
  );
  const task = drive.taskId ?? '';
  if (!has('certificates.request', task) && !has('certificates.renew', task))
    wrong.push('the task was begun without a row in the audit');
  const approval = await client.approvals.show({ approval: task }).catch(() => null);
  if (approval?.decidedOrigin === 'cli') {
    const verb = approval.state === 'approved' ? 'approve' : 'reject';
    if (!has(`approvals.${verb}`, approval.id))
      wrong.push(`the plan was ${approval.state} by a person without a row in the audit`);
  }
  return wrong;
}

/**
 * What the CA says of new orders, against what the agent knows. One that became invalid because nobody answered when the
 * CA asked is followed by another, and ends with nothing issued.
 */
function wrongOrders(world: World, placed: number): string[] {
  const said = world.servers.pebble.output();
  const fresh = said.slice(world.heard);
  world.heard = said.length;
  const invalid = new Set(
    [...fresh.matchAll(/order (\S+) set INVALID by invalid authz/g)].map(([, id]) => id),
  );
  const added = [...fresh.matchAll(/Added order "(\S+)"/g)].map(([, id]) => id);
  const atCa = added.filter((id) => !invalid.has(id)).length;
  return atCa > placed ? [`the CA has ${atCa} new orders, the agent ${placed}`] : [];
}

function leftOver({ servers, agent }: World, before: Before, after: Before): string[] {
  const usual = /^(backups?|run|agent\.(json|lock)|trustkeep\.db.*|master\.key)$/;
  const data = after.data.filter((name) => !before.data.includes(name) && !usual.test(name));
  const web = readdirSync(servers.webRoot, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));
  const temporary = readdirSync(agent.temporary);
  return [...data, ...web, ...temporary].map((path) => `${path} is left over`);
}
