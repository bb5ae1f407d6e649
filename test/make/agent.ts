import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import type { Task, TaskState } from '#shared/model/task.ts';
import { type Composed, compose, type Overrides } from '../../electron/compose.ts';
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

async function untilTask(
  composed: Composed,
  taskId: string,
  states: readonly TaskState[],
  ms: number,
): Promise<Task> {
  const end = Date.now() + ms;
  for (;;) {
    const task = composed.database.tasks.get(taskId)?.task;
    if (task !== undefined && states.includes(task.state)) return task;
    if (Date.now() > end)
      throw new Error(`the task did not become ${states.join('/')}: ${JSON.stringify(task, null, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A directory for a test; `remove` takes it away. */
export function tempDirectory(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `trustkeep-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
