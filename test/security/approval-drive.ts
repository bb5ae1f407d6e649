import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { Authority } from '#shared/model/authority.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { StepName, Task } from '#shared/model/task.ts';
import { aCertificate, aFoundNode } from '#test/make/certificate-rows.ts';
import { clockAt, makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { aTask } from '#test/make/task-rows.ts';
import { certifyKind } from '../../electron/agent/certificates/certify-kind.ts';
import { taskKinds } from '../../electron/agent/domains.ts';
import { bindingOf } from '../../electron/agent/plans/binding.ts';
import { certificateSeal, checkedSeal } from '../../electron/agent/steps/seal-issued.ts';
import { requestSeal } from '../../electron/agent/steps/seal-request.ts';
import { snapshotSeal } from '../../electron/agent/steps/seal-snapshot.ts';
import { sealYes } from '../../electron/agent/steps/seal-yes.ts';
import { makeKeyOutput } from '../../electron/agent/steps/shapes.ts';
import type { StepTools } from '../../electron/agent/steps/step.ts';
import { TaskRunner } from '../../electron/agent/tasks/runner.ts';
import type { Database } from '../../electron/database/database.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import type { RowSealer } from '../../electron/secrets/envelope.ts';
import { everything, keptSample, local, nginx } from './approval-samples.ts';

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

/** An approved task just before that step, of the way back too, with rows of its own. */
export function approved(database: Database, step: StepName, endpoint = nginx, authority = local): Case {
  const n = ++count;
  const own = { ...endpoint, id: `ep_${n}`, name: `web${n}` };
  database.endpoints.insert(own);
  if (database.authorities.get('ca_1') === null) database.authorities.insert(authority);
  else database.authorities.update(authority);
  const forward = certifyKind.forward;
  const back = certifyKind.undo.findIndex(({ name }) => name === step);
  // the proof of a restore asks what its node serves
  const [found] = back < 0 ? [] : database.nodes.reconcile(own.id, [aFoundNode('shop')], now);
  const ids = { nodeId: found?.id ?? `node_${n}`, endpointId: own.id };
  const plan = everything(bindingOf(own, authority), ids);
  const row = aTask({ endpointId: own.id, nodeId: plan.nodeId });
  const outputs: Record<string, unknown> = { plan: { plan } };
  const cursor = back < 0 ? forward.findIndex(({ name }) => name === step) : forward.length;
  const certificate = aCertificate('new', { chainPem: 'PEM' });
  if (cursor > forward.findIndex(({ name }) => name === 'check-material')) {
    const { fingerprint } = certificate;
    outputs['check-material'] = { plan };
    outputs['await-certificate'] = { orderId: 'ord_1', fingerprint };
  }
  if (cursor > forward.findIndex(({ name }) => name === 'make-key'))
    outputs['make-key'] = { where: 'endpoint', path: '/k', spki: 'AA==', csr: 'AQ==' };
  if (cursor > forward.findIndex(({ name }) => name === 'snapshot')) outputs.snapshot = keptSample;
  const steps = [...forward, ...(back < 0 ? [] : certifyKind.undo)].map(({ name }) => ({
    ...{ name, state: 'to-do' as const, attempt: 0, startedAt: null },
    ...{ finishedAt: null, sentence: null, failure: null },
  }));
  const task = { ...row.task, steps };
  const way = back < 0 ? { cursor } : { cursor: back, direction: 'undoing' as const, changing: true };
  if (step === 'prove-restore') outputs.restore = { exact: true, sentence: 'Restored.' };
  // a person had the endpoint restarted, for which the plan waits
  const input = { ...row.memory.input, restartAsked: true };
  database.tasks.insert({ task, memory: { ...row.memory, input, outputs, ...way } });
  const approval = {
    ...{ id: `apr_${n}`, taskId: task.id, plan, state: 'approved' as const, decidedBy: 'bob' },
    ...{ decidedOrigin: 'gui' as const, decidedAt: now, comment: null, createdAt: now },
  };
  database.approvals.insert(approval);
  sealYes(database, approval);
  if ('check-material' in outputs) {
    database.certificates.upsert(certificate);
    certificateSeal.put(database, task.id, certificate);
    checkedSeal.put(database, task.id, plan);
  }
  const made = makeKeyOutput.safeParse(outputs['make-key']).data;
  if (made !== undefined) requestSeal.put(database, task.id, made);
  if ('snapshot' in outputs) snapshotSeal.put(database, task.id, keptSample);
  return { endpoint: own, authority, plan, task };
}

/** Lets the real runner drive the task, in an agent that was just started. */
export const drive = (database: Database, task: Task, given: Partial<StepTools> = {}) =>
  driver(database, given)(task);

/** One run of the agent. `reached`: a step got past the guard, to the endpoint. */
export function driver(
  database: Database,
  given: Partial<StepTools> = {},
): (task: Task) => Promise<{ task: Task; reached: boolean }> {
  let cut = new AbortController();
  let reached = false;
  const tools = (): StepTools => ({
    ...{ database, clock: clockAt(now), log: silentLog, signal: cut.signal, proofPatienceMs: 1 },
    ...{ dropConnection: async () => {}, takeLogIn: () => null, audit: () => {} },
    probeTls: async () => reach(),
    acceptsConnections: async () => reach(),
    authority: () => reach(),
    machineRoots: () => [],
    openConnection: async () => reach(),
    ...given,
  });
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
    openTools: () => ({ tools: tools(), end: async () => {} }),
    clearUp: async () => () => {},
  });
  return async (task) => {
    cut = new AbortController();
    reached = false;
    await runner.drive(task.id, cut.signal, () => false);
    const after = database.tasks.get(task.id)?.task;
    if (after === undefined) throw new Error('the task is gone');
    return { task: after, reached };
  };
}

export function lockable(real: RowSealer): RowSealer & { lock(): void; unlock(): void } {
  let locked = false;
  const refuse = () => {
    if (locked) throw new Failure('keychain.passphrase-needed', 'A passphrase is required.');
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
    unlock: () => {
      locked = false;
    },
  };
}
