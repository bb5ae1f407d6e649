import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { Task, TaskState } from '#shared/model/task.ts';
import type { Overrides } from '../../electron/compose/overrides.ts';
import { type Composed, compose } from '../../electron/compose.ts';
import { makeLog } from '../../electron/kit/log.ts';
import { keyFileKeychain } from '../../electron/secrets/key-file.ts';

export interface TestAgent extends Composed {
  /** The contract, called as a person at the command line would. */
  call: ReturnType<typeof client>;
  /** Waits until the task is in one of these states (default: ended), at most `ms`. */
  until(taskId: string, states?: readonly TaskState[], ms?: number): Promise<Task>;
  /** Stops the agent and keeps its data directory. */
  close(): Promise<void>;
}

function client(composed: Composed) {
  return createRouterClient(composed.router, {
    context: { caller: { origin: 'cli' as const, actor: 'tester' } },
  });
}

const endedStates: readonly TaskState[] = ['succeeded', 'succeeded-with-warnings', 'failed', 'cancelled'];

/** A real agent over a data directory of its own, its master key in a key file there. */
export async function startAgent(options: {
  dataDirectory: string;
  overrides?: Overrides;
  verbose?: boolean;
}): Promise<TestAgent> {
  const { dataDirectory } = options;
  const log = makeLog(
    (line) => process.stderr.write(`${line}\n`),
    options.verbose ? 'debug' : 'error',
    Date.now,
  );
  const composed = await compose({
    face: 'headless',
    dataDirectory,
    log,
    settings: { proof_seconds: 2 },
    overrides: { keychain: () => keyFileKeychain(join(dataDirectory, 'master.key')), ...options.overrides },
  });
  await composed.start();
  return {
    ...composed,
    call: client(composed),
    until: (taskId, states = endedStates, ms = 40_000) => untilTask(composed, taskId, states, ms),
    close: () => composed.stop(2000),
  };
}

/** Milliseconds between looks for what no event tells, as what a test stores itself. */
const lookEveryMs = 100;

/** Looks when something changed: reading a whole task every few milliseconds takes as long as what is waited for. */
function untilTask(
  composed: Composed,
  taskId: string,
  states: readonly TaskState[],
  ms: number,
): Promise<Task> {
  const { promise, resolve, reject } = Promise.withResolvers<Task>();
  let last: Task | undefined;
  const look = (): void => {
    try {
      const task = composed.database.tasks.get(taskId)?.task;
      // what follows the change that was just told happens first
      if (task !== undefined && states.includes(task.state)) setImmediate(() => resolve(task));
      last = task;
    } catch (error) {
      reject(error);
    }
  };
  const off = composed.agent.events.on((event) => {
    if (event.type === 'changed' && event.topic === 'tasks') look();
  });
  const looking = setInterval(look, lookEveryMs);
  const patience = setTimeout(() => {
    reject(new Error(`the task did not become ${states.join('/')}: ${JSON.stringify(last, null, 1)}`));
  }, ms);
  look();
  return promise.finally(() => {
    off();
    clearInterval(looking);
    clearTimeout(patience);
  });
}

/** A directory for a test; `remove` takes it away. */
export function tempDirectory(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `trustkeep-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
