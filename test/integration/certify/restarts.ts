import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { childEnvironment, exec } from '#kit/exec.ts';
import type { Task } from '#shared/model/task.ts';
import { type Bundle, quickStarting } from '#test/make/bundle.ts';
import type { Orders } from './agent-process.ts';

let built: Bundle;

/** Builds the agent that can be told when to die, once for all tests of a file. */
export function prepareAgentProcess(): void {
  beforeAll(async () => {
    built = await quickStarting('test/integration/certify/agent-process.ts');
  });
  afterAll(() => built.remove());
}

/** Runs an agent until it ends or kills itself. Null: killed. */
export async function runAgent(orders: Orders): Promise<Task | null> {
  const argv: [string, ...string[]] = [process.execPath, built.path, JSON.stringify(orders)];
  // dozens of processes load the same modules: what was made of them once is kept
  const env = { ...childEnvironment(), NODE_COMPILE_CACHE: join(dirname(built.path), 'cache') };
  const ran = await exec({ argv, env, timeoutMs: 200_000 });
  if (ran.timedOut) throw new Error(`the agent did not end: ${ran.stderr.toString()}`);
  if (ran.code === null) return null;
  if (ran.code !== 0) throw new Error(ran.stderr.toString());
  return JSON.parse(ran.stdout.toString()) as Task;
}
