import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { Authority } from '#shared/model/authority.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { StepName, Task } from '#shared/model/task.ts';
import { clockAt, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { aTask } from '#test/make/task-rows.ts';
import { certifyKind } from '../../electron/agent/certificates/certify-kind.ts';
import { taskKinds } from '../../electron/agent/domains.ts';
import { bindingOf } from '../../electron/agent/plans/binding.ts';
import { sealRequest } from '../../electron/agent/steps/seal-request.ts';
import { sealYes } from '../../electron/agent/steps/seal-yes.ts';
import { makeKeyOutput } from '../../electron/agent/steps/shapes.ts';
import type { StepTools } from '../../electron/agent/steps/step.ts';
import { TaskRunner } from '../../electron/agent/tasks/runner.ts';
import type { Database } from '../../electron/database/database.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import type { RowSealer } from '../../electron/secrets/envelope.ts';
import { everything, local, nginx } from './approval-samples.ts';

/** Thousands of rows are written, and none has to outlive a power cut. */
export function quickDatabase(sealer?: RowSealer): TestDatabase {
  const made = makeDatabase(sealer);
  (made.database as SqliteDatabase).driver.pragma('synchronous = OFF');
  return made;
}

let count = 0;
interface Case {
  endpoint: Endpoint;
  authority: Authority;
  plan: Plan;
  task: Task;
}

/** An approved task just before that step, with rows of its own. */
export function approved(database: Database, step: StepName, endpoint = nginx, authority = local): Case {
  const n = ++count;
  const own = { ...endpoint, id: `ep_${n}`, name: `web${n}` };
  database.endpoints.insert(own);
  if (database.authorities.get('ca_1') === null) database.authorities.insert(authority);
  else database.authorities.update(authority);
  const plan = everything(bindingOf(own, authority), { nodeId: `node_${n}`, endpointId: own.id });
  const forward = certifyKind.forward;
  const row = aTask({ endpointId: own.id, nodeId: plan.nodeId });
  const outputs: Record<string, unknown> = { plan: { plan } };
  const cursor = forward.findIndex(({ name }) => name === step);
  if (cursor > forward.findIndex(({ name }) => name === 'check-material'))
    Object.assign(outputs, {
      ...{ 'check-material': { plan }, 'await-certificate': { orderId: 'ord_1', fingerprint: 'f' } },
    });
  if (cursor > forward.findIndex(({ name }) => name === 'make-key'))
    outputs['make-key'] = { where: 'endpoint', path: '/k', spki: 'AA==', csr: 'AQ==' };
  const steps = forward.map(({ name }) => ({
    ...{ name, state: 'to-do' as const, attempt: 0, startedAt: null },
    ...{ finishedAt: null, sentence: null, failure: null },
  }));
  const task = { ...row.task, steps };
  database.tasks.insert({ task, memory: { ...row.memory, outputs, cursor } });
  const approval = {
    ...{ id: `apr_${n}`, taskId: task.id, plan, state: 'approved' as const, decidedBy: 'bob' },
    ...{ decidedOrigin: 'gui' as const, decidedAt: now, comment: null, createdAt: now },
  };
  database.approvals.insert(approval);
  sealYes(database, approval);
  const made = makeKeyOutput.safeParse(outputs['make-key']).data;
  if (made !== undefined) sealRequest(database, task.id, made);
  return { endpoint: own, authority, plan, task };
}

/** Lets the real runner drive the task. `reached`: a step got past the guard, to the endpoint. */
export async function drive(
  database: Database,
  task: Task,
  given: Partial<StepTools> = {},
): Promise<{ task: Task; reached: boolean }> {
  const cut = new AbortController();
  let reached = false;
  const tools: StepTools = {
    ...{ database, clock: clockAt(now), log: silentLog, signal: cut.signal, proofPatienceMs: 1 },
    ...{ dropConnection: async () => {}, takeLogIn: () => null, audit: () => {} },
    probeTls: async () => ({ kind: 'no-answer', code: 'tls.none', sentence: 'Nothing.' }),
    authority: () => reach(),
    openConnection: async () => reach(),
    ...given,
  };
  function reach(): never {
    reached = true;
    cut.abort();
    throw new Failure('connection.lost', 'This is as far as it has to get.');
  }
  const runner = new TaskRunner({
    ...{
      database,
      clock: clockAt(now),
      log: silentLog,
      kinds: taskKinds,
      changed: () => {},
      ended: () => {},
    },
    openTools: () => ({ tools, end: async () => {} }),
    clearUp: async () => {},
  });
  await runner.drive(task.id, cut.signal, () => false);
  const after = database.tasks.get(task.id)?.task;
  if (after === undefined) throw new Error('the task is gone');
  return { task: after, reached };
}

export function lockable(real: RowSealer): RowSealer & { lock(): void } {
  let locked = false;
  const refuse = () => {
    if (locked) throw new Failure('keychain.locked', 'The keychain is locked.', { retry: 'later' });
  };
  const guarded: Pick<RowSealer, 'openRow' | 'open'> = {
    openRow(context, row) {
      refuse();
      return real.openRow(context, row);
    },
    open(context, sealed) {
      refuse();
      return real.open(context, sealed);
    },
  };
  return {
    ...guarded,
    seal: (context, value) => real.seal(context, value),
    sealRow: (context, value) => real.sealRow(context, value),
    lock: () => {
      locked = true;
    },
  };
}
