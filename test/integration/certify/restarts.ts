import { join, resolve } from 'node:path';
import { childEnvironment, exec } from '#kit/exec.ts';
import type { Task } from '#shared/model/task.ts';
import type { Orders } from './agent-process.ts';

const script = join(import.meta.dirname, 'agent-process.ts');

/** Dozens of processes load the same modules: what was made of them once is kept. */
const env = { ...childEnvironment(), NODE_COMPILE_CACHE: resolve('node_modules/.cache/node') };

/** Runs an agent until it ends or kills itself. Null: killed. */
export async function runAgent(orders: Orders): Promise<Task | null> {
  const argv: [string, ...string[]] = [process.execPath, script, JSON.stringify(orders)];
  const ran = await exec({ argv, env, timeoutMs: 200_000 });
  if (ran.timedOut) throw new Error(`the agent did not end: ${ran.stderr.toString()}`);
  if (ran.code === null) return null;
  if (ran.code !== 0) throw new Error(ran.stderr.toString());
  return JSON.parse(ran.stdout.toString()) as Task;
}
