/**
 * An agent in a process of its own that kills itself (SIGKILL) at a named moment: after a step was stored, while one runs,
 * after the n-th answer of the CA, or when a file appears whose name begins so. Argument: JSON of `Orders`. Prints the ended task as JSON.
 */
import { watch } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { type ComposeOptions, compose } from '../../../electron/compose.ts';
import { systemClock } from '../../../electron/kit/clock.ts';
import { silentLog } from '../../../electron/kit/log.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { keyFileKeychain } from '../../../electron/secrets/key-file.ts';
import type { StepName, StepState } from '../../../shared/model/task.ts';

export interface Orders {
  dataDirectory: string;
  /** Request a certificate for this node; left out: go on with what is there. */
  request?: { node: string; authority?: string; key_place?: 'endpoint' | 'agent' };
  kill?: { step: StepName; state: StepState } | { answers: number } | { appears: string; directory: string };
}

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;

flushCompileCache(); // a process that is killed leaves none

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function watchFor({ appears, directory }: { appears: string; directory: string }): void {
  watch(directory, (_event, name) => {
    if (name?.startsWith(appears)) die();
  });
}

if (orders.kill !== undefined && 'appears' in orders.kill) watchFor(orders.kill);

function overrides(): NonNullable<ComposeOptions['overrides']> {
  const keychain = () => keyFileKeychain(join(orders.dataDirectory, 'master.key'));
  const kill = orders.kill;
  if (kill === undefined || !('answers' in kill)) return { keychain };
  const real = makeHttp({ userAgent: 'test', clock: systemClock, log: silentLog });
  let answers = 0;
  const http = {
    ...real,
    async request(input: Parameters<typeof real.request>[0]) {
      const answer = await real.request(input);
      answers += 1;
      if (answers === kill.answers) {
        die();
        await new Promise(() => {});
      }
      return answer;
    },
  };
  return { keychain, authorityTools: { http: () => http } };
}

const composed = await compose({
  face: 'headless',
  dataDirectory: orders.dataDirectory,
  overrides: overrides(),
});
composed.agent.events.on((event) => {
  const kill = orders.kill;
  if (event.type !== 'changed' || event.topic !== 'tasks' || event.id === null) return;
  const task = composed.database.tasks.get(event.id)?.task;
  if (task?.kind !== 'certify') return;
  if (
    kill !== undefined &&
    'step' in kill &&
    task.steps.some((step) => step.name === kill.step && step.state === kill.state)
  )
    die();
  if (task.finishedAt !== null) setImmediate(() => void finish(task));
});
await composed.agent.start();
if (orders.request !== undefined) {
  const call = createRouterClient(composed.router, {
    context: { caller: { origin: 'cli', actor: 'tester' } },
  });
  await call.certificates.request(orders.request);
}

async function finish(task: unknown): Promise<void> {
  await composed.stop(1000);
  process.stdout.write(JSON.stringify(task), () => process.exit(0));
}
