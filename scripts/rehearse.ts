/**
 * The whole main job with nothing installed: a TLS server with an expiring certificate, a plan, a yes, a new certificate
 * from the local authority, the proof; then a reload that is broken on purpose, and the proof of the restore.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { type Composed, compose } from '../electron/compose.ts';
import { probeTls } from '../electron/discovery/tls-probe.ts';
import { keyFileKeychain } from '../electron/secrets/key-file.ts';
import { kindOf } from '../shared/model/changes/index.ts';
import type { Task, TaskStep } from '../shared/model/task.ts';
import { makeCa, makeLeaf } from '../test/make/certificates.ts';

const started = performance.now();
const windows = process.platform === 'win32';
const name = 'rehearsal.example';

function say(line: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(2).padStart(6);
  process.stdout.write(`${seconds} s  ${line}\n`);
}

/** The server's files and scripts: a certificate that expires tomorrow, a restart that works, one that does not. */
function prepare(directory: string) {
  const old = makeLeaf(makeCa({ commonName: 'Old authority' }), {
    names: [name],
    notAfter: Date.now() + 86_400_000,
  });
  const files = {
    pem: join(directory, 'server.pem'),
    reload: join(directory, 'reload'),
    restart: join(directory, windows ? 'restart.cmd' : 'restart.sh'),
  };
  writeFileSync(files.pem, old.chainPem + old.keyPem, { mode: 0o600 });
  return {
    ...files,
    oldFingerprint: old.facts.fingerprint,
    works: () => writeScript(files, true),
    breaks: () => writeScript(files, false),
  };
}

function writeScript(files: { restart: string; reload: string }, works: boolean): void {
  const body = works
    ? windows
      ? `type nul > "${files.reload}"`
      : `: > '${files.reload}'`
    : `echo "the reload is broken on purpose" >&2${windows ? '\r\n' : '\n'}exit ${windows ? '/b ' : ''}1`;
  writeFileSync(files.restart, windows ? `@echo off\r\n${body}\r\n` : `#!/bin/sh\n${body}\n`);
  chmodSync(files.restart, 0o700);
}

async function startServer(pem: string, reload: string): Promise<{ port: number; process: ChildProcess }> {
  const script = join(import.meta.dirname, 'rehearsal', 'tls-server.ts');
  const child = spawn(process.execPath, [script, pem, reload], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(line.toString().trim()), process: child };
}

const told = new Map<string, string>();

async function follow(composed: Composed, taskId: string, until: (task: Task) => boolean): Promise<Task> {
  for (;;) {
    const task = composed.database.tasks.get(taskId)?.task;
    if (task === undefined) throw new Error('the task is gone');
    for (const step of task.steps) tellStep(taskId, step);
    if (until(task) || task.finishedAt !== null) return task;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function tellStep(taskId: string, step: TaskStep): void {
  const key = `${taskId}/${step.name}`;
  if (['to-do', 'running', 'skipped'].includes(step.state) || told.get(key) === step.state) return;
  told.set(key, step.state);
  const took =
    step.finishedAt !== null && step.startedAt !== null ? ` (${step.finishedAt - step.startedAt} ms)` : '';
  say(
    `  ${step.state === 'failed' ? '✗' : step.state === 'waiting' ? '…' : '✓'} ${step.name}: ${step.sentence ?? step.state}${took}`,
  );
}

async function served(port: number): Promise<string> {
  const answer = await probeTls({ address: '127.0.0.1', port, serverName: name });
  return answer.kind === 'certificate' ? answer.leafFingerprint : answer.sentence;
}

async function rehearse(directory: string): Promise<boolean> {
  const files = prepare(directory);
  files.works();
  const server = await startServer(files.pem, files.reload);
  const composed = await compose({
    face: 'headless',
    dataDirectory: join(directory, 'data'),
    overrides: { keychain: () => keyFileKeychain(join(directory, 'data', 'master.key')) },
  });
  try {
    await composed.agent.start();
    return await bothJobs(composed, files, server.port);
  } finally {
    await composed.stop(1000);
    server.process.stdin?.end();
  }
}

async function bothJobs(
  composed: Composed,
  files: ReturnType<typeof prepare>,
  port: number,
): Promise<boolean> {
  const call = createRouterClient(composed.router, {
    context: { caller: { origin: 'cli', actor: 'rehearsal' } },
  });
  say(
    `A TLS server on port ${port} serves a certificate that expires tomorrow (${files.oldFingerprint.slice(0, 16)}…).`,
  );
  const added = await call.endpoints.add({
    type: 'pem',
    name: 'rehearsal',
    path: files.pem,
    restart_script: files.restart,
    served_at: `127.0.0.1:${port}`,
  });
  say(`Added as endpoint ${added.endpoint.name}, instance ID ${added.endpoint.id}.`);
  if (added.taskId !== null) await follow(composed, added.taskId, () => false);
  const node = (await call.nodes.list({ endpoint: 'rehearsal' }))[0];
  if (node === undefined) throw new Error('no node was found');

  say('First job: a new certificate from the local authority.');
  const good = await job(composed, call, node.id);
  const now = await served(port);
  say('Second job: the same again, with a reload that is broken on purpose.');
  files.breaks();
  const bad = await job(composed, call, node.id);
  const after = await served(port);
  const audit = await call.audit.verify({});

  const proved = good.state === 'succeeded' && now !== files.oldFingerprint && now.length === 64;
  const restored = bad.state === 'failed' && bad.restored === 'proved' && after === now;
  say(`${proved ? 'PROVED' : 'NOT PROVED'}: the server shows the new certificate ${now.slice(0, 16)}…`);
  say(
    `${restored ? 'PROVED' : 'NOT PROVED'}: after the broken install it shows it still, and every file is back byte for byte.`,
  );
  say(`Audit chain of ${audit.entries} rows: ${audit.ok ? 'whole' : 'BROKEN'}.`);
  return proved && restored && audit.ok;
}

type Call = ReturnType<typeof createRouterClient<Composed['router'], Record<never, never>>>;

async function job(composed: Composed, call: Call, node: string): Promise<Task> {
  const { taskId } = await call.certificates.request({ node, names: [name], key_place: 'agent' });
  await follow(composed, taskId, (task) => task.waitingFor === 'approval');
  const pending = (await call.approvals.list({ states: ['pending'] }))[0];
  if (pending === undefined) throw new Error('no plan waits for approval');
  for (const change of pending.plan.install.changes) {
    const kind = kindOf(change);
    say(`    ${kind.noun.one} ${kind.place(change)}: ${kind.sentence(change)}`);
  }
  await call.approvals.approve({ approval: pending.id, fingerprint: pending.plan.fingerprint });
  say(`    approved, plan ${pending.plan.fingerprint.slice(0, 12)}`);
  return follow(composed, taskId, () => false);
}

const directory = mkdtempSync(join(tmpdir(), 'trustkeep-rehearsal-'));
try {
  const ok = await rehearse(directory);
  say(ok ? 'The rehearsal went well.' : 'The rehearsal FAILED.');
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
