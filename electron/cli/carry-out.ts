import { asFailure, Failure } from '#shared/failure.ts';
import { placeOf } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { Client } from '../transport/client.ts';
import { everyPage, isPaged } from './every-page.ts';
import { codeOfOutput, codeOfTask } from './exit-codes.ts';
import { followTask } from './follow.ts';
import { directoryOf, type Globals, type Invocation } from './invocation.ts';
import type { CliIo, LocalAgent } from './io.ts';
import { printed } from './print/index.ts';
import { approveLine } from './print/plan.ts';
import { failureLines, stepLine } from './print/tasks.ts';
import { aside } from './said.ts';
import { type Paper, plain, plainJson } from './table.ts';

interface Call {
  invocation: Invocation;
  input: Record<string, unknown>;
  globals: Globals;
  io: CliIo;
}

/** About the agent that runs: one started for the question would be no answer, and one unlocked would be gone again. */
const aboutRunning = new Set(['agent.status', 'agent.stop', 'agent.show', 'secrets.unlock']);

/** About the program: no agent is asked, and no data directory. */
const aboutProgram = new Set(['agent.about', 'agent.license']);

/** They change nothing, and yet need what is sealed. */
const needKey = new Set([
  'endpoints.probe',
  'certificates.preview',
  'authorities.test',
  'authorities.accountShow',
  'authorities.root',
  'credentials.get',
  'proxy.test',
  'secrets.state',
]);

/** An agent of our own waits for an authority this long, not for hours. */
const patienceMs = 60_000;

/** Most commands take a second; one that waits for an authority may take minutes. */
const takenPatienceMs = 10_000;
const takenEachMs = 200;

/** Calls the running agent; when none runs, one in this process for as long as the command takes. */
export async function carryOut(call: Call): Promise<number> {
  const { globals, io, invocation } = call;
  const { path } = invocation.command;
  if (aboutProgram.has(path)) return tellProgram(call, path);
  const directory = directoryOf(globals, io);
  const running = await io.connect(directory);
  if (running !== null) return callAgent(call, running, null);
  if (aboutRunning.has(path)) throw notRunning(directory);
  const begins = invocation.command.begins && !invocation.dryRun;
  const agent = await startedOrRunning(io, directory, begins);
  if (agent.own === null) return callAgent(call, agent.client, null);
  try {
    return await callAgent(call, agent.client, agent.own);
  } finally {
    await agent.own.stop();
  }
}

async function tellProgram(call: Call, path: string): Promise<number> {
  const { about, license } = call.io.program;
  const { name } = call.input;
  const output = path === 'agent.about' ? await about() : await license(String(name));
  show(path, output, call);
  return codeOfOutput(path, output);
}

/** Another command has an agent of its own for as long as it takes, and one that begins to run answers soon. */
async function startedOrRunning(
  io: CliIo,
  directory: string,
  begins: boolean,
): Promise<{ client: Client; own: LocalAgent | null }> {
  const until = io.clock.monotonic() + takenPatienceMs;
  for (;;) {
    try {
      const own = await io.startAgent(directory, begins);
      return { client: own.client, own };
    } catch (error) {
      if (asFailure(error).code !== 'agent.already-running' || io.clock.monotonic() >= until) throw error;
    }
    await io.clock.sleep(takenEachMs);
    const running = await io.connect(directory);
    if (running !== null) return { client: running, own: null };
  }
}

async function callAgent(call: Call, client: Client, own: LocalAgent | null): Promise<number> {
  const { invocation, input, globals } = call;
  const { command } = invocation;
  const path = invocation.dryRun && command.dryRun !== null ? command.dryRun : command.path;
  if (own !== null) {
    if (command.mutates && path === command.path) await own.start();
    else if (needKey.has(path)) await own.unlock();
  }
  const ask = (request: Record<string, unknown>) => invoke(client, path, request);
  const output = await (isPaged(path, input) ? everyPage(ask, input) : ask(input));
  const taskId = command.mutates ? taskIdOf(output) : null;
  show(path, output, call);
  // with an agent of our own the work ends when we do, so we stay for it
  const follow = taskId !== null && (globals.wait || own !== null);
  if (!follow) return codeOfOutput(path, output);
  const code = await follows(call, client, taskId, own !== null);
  return globals.wait ? code : codeOfOutput(path, output);
}

function show(path: string, output: unknown, { globals, io }: Call): void {
  const text = globals.json
    ? plainJson(output, 2)
    : printed({ path }, output, paperOf(io)).map(plain).join('\n');
  io.stdout(`${text}\n`);
}

/** The contract's procedures by their path, `endpoints.add`. */
async function invoke(client: Client, path: string, input: Record<string, unknown>): Promise<unknown> {
  const [noun = '', verb = ''] = path.split('.');
  const procedure = Reflect.get(Reflect.get(client, noun) as object, verb) as (input: unknown) => unknown;
  return procedure(input);
}

/** Every output that belongs to a task says so by `taskId`. */
function taskIdOf(output: unknown): string | null {
  if (typeof output !== 'object' || output === null) return null;
  const id: unknown = Reflect.get(output, 'taskId');
  const state: unknown = Reflect.get(output, 'state');
  return typeof id === 'string' && state !== 'rejected' ? id : null;
}

async function follows(call: Call, client: Client, taskId: string, own: boolean): Promise<number> {
  const { globals, io } = call;
  const paper = paperOf(io);
  // JSON on standard output stays one document
  const say = (line: string) => (globals.json ? aside(line.trim(), true, io) : io.stdout(`${plain(line)}\n`));
  const task = await followTask({
    client,
    taskId,
    clock: io.clock,
    step: (step) => say(`  ${stepLine(step, paper)}`),
    keepWaiting: (seen) => keepWaiting(seen, globals, own, io.clock.now()),
  });
  for (const line of await endLines(task, client, io)) say(line);
  return codeOfTask(task);
}

function keepWaiting(task: Task, globals: Globals, own: boolean, now: number): boolean {
  if (task.waitingFor === 'approval') return globals.waitApproval && !own;
  if (task.waitingFor === 'keychain' || task.waitingFor === 'endpoint-restart') return false;
  if (!own) return true;
  return task.wakeAt !== null && task.wakeAt - now < patienceMs;
}

async function endLines(task: Task, client: Client, io: CliIo): Promise<string[]> {
  const what = `${task.kind} of ${placeOf(task.subject)}`;
  switch (task.state) {
    case 'succeeded':
      return [`Done: ${what}.`];
    case 'succeeded-with-warnings':
      return [`Done with warnings: ${what}. See: trustkeep tasks show ${task.id}`];
    case 'cancelled':
      return [`Cancelled: ${what}.`];
    case 'failed':
      return [
        `Failed: ${what}.`,
        ...(task.failure === null ? [] : failureLines(task.failure, io.clock.now())),
        ...restoredLines(task),
      ];
    default:
      return waitingLines(task, client);
  }
}

function restoredLines({ restored }: Task): string[] {
  switch (restored) {
    case 'proved':
      return ['The previous state is back, and proved to be served.'];
    case 'unproved':
      return ['The previous state is back, but not proved to be served. Check it now.'];
    case 'failed':
      return ['The previous state could NOT be restored. Check it now.'];
    default:
      return [];
  }
}

async function waitingLines(task: Task, client: Client): Promise<string[]> {
  if (task.waitingFor === 'approval') {
    const approval = await client.approvals.show({ approval: task.id });
    return [
      'The plan is waiting for approval.',
      `Read it:    trustkeep approvals show ${approval.id}`,
      `Approve it: ${approveLine(approval)}`,
    ];
  }
  if (task.waitingFor === 'keychain')
    return ['The task is waiting for the keychain. Unlock it: trustkeep secrets unlock'];
  if (task.waitingFor === 'endpoint-restart')
    return [
      'The certificate is installed, and not served yet: restart required.',
      `Restart it: trustkeep tls restart ${(task.subject.within ?? task.subject).name}`,
    ];
  return [
    `The task is waiting for the ${task.waitingFor ?? 'agent'}. It continues while the agent runs: trustkeep run`,
  ];
}

function paperOf(io: CliIo): Paper {
  return { columns: io.columns, unicode: io.unicode, now: io.clock.now() };
}

function notRunning(directory: string): Failure {
  return new Failure('agent.not-running', `No agent is running with the data directory ${directory}.`, {
    hint: 'Start the desktop application, or: trustkeep run',
  });
}
