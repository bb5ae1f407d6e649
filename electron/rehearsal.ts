import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { systemClock } from '#kit/clock.ts';
import { kindOf } from '#shared/model/changes/index.ts';
import type { Task, TaskStep } from '#shared/model/task.ts';
import { type Composed, compose } from './compose.ts';
import { probeTls } from './discovery/tls-probe.ts';
import { startLittleServer } from './net/little-server.ts';
import { type RehearsalFiles, writeFiles } from './rehearsal/files.ts';
import { reloadWhenAsked } from './rehearsal/reload.ts';
import { keyFileKeychain } from './secrets/key-file.ts';

const name = 'rehearsal.example';
const lookEveryMs = 5;

type Say = (line: string) => void;

/**
 * The whole main job with nothing installed, in a folder of its own that is gone afterwards: a TLS server with an
 * expiring certificate, a plan, the approval, a new certificate of the local authority, the proof; then a reload that is
 * broken on purpose, and the proof of the restore. Says each step as it comes. True when both were proved.
 */
export async function rehearse(print: Say): Promise<boolean> {
  const started = systemClock.monotonic();
  const say = (line: string): void => {
    print(`${((systemClock.monotonic() - started) / 1000).toFixed(2).padStart(6)} s  ${line}`);
  };
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-rehearsal-'));
  try {
    const ok = await rehearseIn(directory, say);
    say(ok ? 'The rehearsal went well.' : 'The rehearsal FAILED.');
    return ok;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function rehearseIn(directory: string, say: Say): Promise<boolean> {
  const files = await writeFiles(directory, name, systemClock.now(), randomBytes(16));
  files.works();
  const server = await startLittleServer(readFileSync(files.pem, 'utf8'));
  const watching = new AbortController();
  const reloads = reloadWhenAsked(files, server, watching.signal);
  const data = join(directory, 'data');
  const composed = await compose({
    face: 'headless',
    dataDirectory: data,
    overrides: { keychain: () => keyFileKeychain(join(data, 'master.key')) },
  });
  try {
    await composed.agent.start();
    return await bothJobs(composed, files, server.port, say);
  } finally {
    await composed.stop(1000);
    watching.abort();
    await reloads;
    server.stop();
  }
}

type Call = ReturnType<typeof createRouterClient<Composed['router'], Record<never, never>>>;

async function bothJobs(composed: Composed, files: RehearsalFiles, port: number, say: Say): Promise<boolean> {
  const caller = { origin: 'cli' as const, actor: 'rehearsal' };
  const call: Call = createRouterClient(composed.router, { context: { caller } });
  const old = files.oldFingerprint;
  say(`A TLS server on port ${port} serves a certificate that expires tomorrow (${old.slice(0, 16)}…).`);
  const added = await call.endpoints.add({
    type: 'pem',
    name: 'rehearsal',
    path: files.pem,
    restart_script: files.restart,
    served_at: `127.0.0.1:${port}`,
  });
  say(`Added as endpoint ${added.endpoint.name}, instance ID ${added.endpoint.id}.`);
  if (added.taskId !== null) await follow(composed, added.taskId, () => false, say);
  const node = (await call.nodes.list({ endpoint: 'rehearsal' }))[0];
  if (node === undefined) throw new Error('no node was found');

  say('First job: a new certificate from the local authority.');
  const good = await job(composed, call, node.id, say);
  const now = await served(port);
  say('Second job: the same again, with a reload that is broken on purpose.');
  files.breaks();
  const bad = await job(composed, call, node.id, say);
  const after = await served(port);
  const audit = await call.audit.verify({});

  const proved = good.state === 'succeeded' && now !== old && now.length === 64;
  const restored = bad.state === 'failed' && bad.restored === 'proved' && after === now;
  say(`${proved ? 'PROVED' : 'NOT PROVED'}: the server shows the new certificate ${now.slice(0, 16)}…`);
  say(
    `${restored ? 'PROVED' : 'NOT PROVED'}: after the broken install it shows it still, and every file is back byte for byte.`,
  );
  say(`Audit chain of ${audit.entries} rows: ${audit.ok ? 'whole' : 'BROKEN'}.`);
  return proved && restored && audit.ok;
}

async function served(port: number): Promise<string> {
  const answer = await probeTls({ address: '127.0.0.1', port, serverName: name });
  return answer.kind === 'certificate' ? answer.leafFingerprint : answer.sentence;
}

async function job(composed: Composed, call: Call, node: string, say: Say): Promise<Task> {
  const { taskId } = await call.certificates.request({ node, names: [name], key_place: 'agent' });
  await follow(composed, taskId, (task) => task.waitingFor === 'approval', say);
  const pending = (await call.approvals.list({ states: ['pending'] }))[0];
  if (pending === undefined) throw new Error('no plan is waiting for approval');
  for (const change of pending.plan.install.changes) {
    const kind = kindOf(change);
    say(`    ${kind.noun.one} ${kind.place(change)}: ${kind.sentence(change)}`);
  }
  await call.approvals.approve({ approval: pending.id, fingerprint: pending.plan.fingerprint });
  say(`    approved, plan ${pending.plan.fingerprint.slice(0, 12)}`);
  return follow(composed, taskId, () => false, say);
}

async function follow(
  composed: Composed,
  taskId: string,
  until: (task: Task) => boolean,
  say: Say,
): Promise<Task> {
  const told = new Map<string, string>();
  for (;;) {
    const task = composed.database.tasks.get(taskId)?.task;
    if (task === undefined) throw new Error('the task is gone');
    for (const step of task.steps) tellStep(step, told, say);
    if (until(task) || task.finishedAt !== null) return task;
    await systemClock.sleep(lookEveryMs);
  }
}

function tellStep(step: TaskStep, told: Map<string, string>, say: Say): void {
  const { name: key, state, startedAt, finishedAt, sentence } = step;
  if (['to-do', 'running', 'skipped'].includes(state) || told.get(key) === state) return;
  told.set(key, state);
  const took = finishedAt !== null && startedAt !== null ? ` (${finishedAt - startedAt} ms)` : '';
  const sign = state === 'failed' ? '✗' : state === 'waiting' ? '…' : '✓';
  say(`  ${sign} ${key}: ${sentence ?? state}${took}`);
}
