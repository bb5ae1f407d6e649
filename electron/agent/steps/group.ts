import { Failure } from '#shared/failure.ts';
import { groundOf, placeOf, type Subject } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import { certificateSeal } from './seal-issued.ts';
import { isSealedRequest, requestSeal, sealedKeyName } from './seal-request.ts';
import {
  awaitCertificateOutput,
  type CertifyInput,
  certifyInput,
  type MadeKey,
  makeKeyOutput,
} from './shapes.ts';
import type { Outcome, Step, StepContext } from './step.ts';

/** One certificate for several nodes: each has a task of its own, and all end well or none does. */
type Group = NonNullable<CertifyInput['group']>;

export function groupOf({ memory }: Pick<TaskRow, 'memory'>): Group | undefined {
  return certifyInput.safeParse(memory.input).data?.group;
}

const waitMs = 60_000;
const waiting = (sentence: string, now: number): Outcome => ({
  kind: 'wait',
  waitingFor: 'group',
  until: now + waitMs, // whoever it is waiting for wakes it
  sentence,
});

/** Has the members of a task's group that are waiting for each other go on. In the caller's transaction. */
export function wakeGroup(database: Database, row: Pick<TaskRow, 'task' | 'memory'>, now: number): void {
  const group = groupOf(row);
  if (group === undefined) return;
  for (const other of database.tasks.ofGroup(group.id))
    if (other.task.id !== row.task.id && isWoken(other.task))
      database.tasks.update({ ...other, task: { ...other.task, wakeAt: now } });
}

/** Who waits for a restart waits no longer when the group is given up. */
const isWoken = ({ waitingFor }: Task): boolean =>
  waitingFor === 'group' || waitingFor === 'endpoint-restart';

/** The step, whose end wakes the rest of the group. */
export function wakingGroup(step: Step): Step {
  return {
    ...step,
    async run(context) {
      const outcome = await step.run(context);
      const { database, clock } = context.tools;
      return { ...outcome, store: both(outcome.store, () => wakeGroup(database, context, clock.now())) };
    },
  };
}

function both(first: (() => void) | undefined, second: () => void): () => void {
  return () => {
    first?.();
    second();
  };
}

type Gate = (context: StepContext, group: Group, members: readonly TaskRow[]) => Outcome | null;

/** The step, which a member of a group runs only once the gate lets it. */
export function gated(step: Step, gate: Gate): Step {
  return {
    ...step,
    run(context) {
      const group = groupOf(context);
      const shut =
        group === undefined ? null : gate(context, group, context.tools.database.tasks.ofGroup(group.id));
      return shut === null ? step.run(context) : Promise.resolve(shut);
    },
  };
}

/** Before anything is ordered: all plans are approved, and the certificate is proved at the first node. */
export const gateToOrder: Gate = (context, { size, position }, members) => {
  const lost = lostMember(context, members);
  if (lost !== null) return { kind: 'failed', failure: givenUp(lost), untouched: true };
  const now = context.tools.clock.now();
  const approved = members.filter(({ memory }) => 'approve' in memory.outputs).length;
  if (approved < size)
    return waiting(`Waiting until the plans of all ${size} nodes are approved (${approved} are).`, now);
  const first = members.find((one) => groupOf(one)?.position === 0);
  if (position === 0 || first === undefined || 'prove' in first.memory.outputs) return null;
  return waiting(`Waiting until the certificate is proved on ${placeOf(first.task.subject)}.`, now);
};

/** Before a restart, which a person may take days to ask for: no other member is lost. */
export const gateToRestart: Gate = (context, _group, members) => {
  const lost = lostMember(context, members);
  return lost === null ? null : { kind: 'failed', failure: givenUp(lost) };
};

/** Before what undoes the change is cleared up: it is proved everywhere. */
export const gateToFinish: Gate = (context, { size }, members) => {
  const lost = lostMember(context, members);
  if (lost !== null) return { kind: 'failed', failure: givenUp(lost) };
  const proved = members.filter(({ memory }) => 'prove' in memory.outputs).length;
  if (proved === size) return null;
  const sentence = `Proved here. Waiting until the certificate is proved on all ${size} nodes (${proved} are).`;
  return waiting(sentence, context.tools.clock.now());
};

/** Before anything is put back: what was changed later on the same endpoint goes back first. */
export const gateToRestore: Gate = (context, _group, members) => {
  const { task, tools } = context;
  const later = members.find(
    (one) =>
      one.memory.changing &&
      one.task.finishedAt === null &&
      groundOf(one.task.subject) === groundOf(task.subject) &&
      installedAt(one.task) > installedAt(task),
  );
  if (later === undefined) return null;
  const now = tools.clock.now();
  const sentence = `Waiting until ${placeOf(later.task.subject)}, which was changed later, is restored.`;
  return { ...waiting(sentence, now), store: () => wakeGroup(tools.database, context, now) };
};

const installedAt = ({ steps }: Task): number => steps.find(({ name }) => name === 'install')?.startedAt ?? 0;

/** Of a member that will not get there; null: all may. */
function lostMember({ task }: StepContext, members: readonly TaskRow[]): Subject | null {
  const lost = members.find(
    (one) =>
      one.task.id !== task.id &&
      (one.task.state === 'failed' ||
        one.task.state === 'cancelled' ||
        (one.memory.direction === 'undoing' && one.task.finishedAt === null)),
  );
  return lost?.task.subject ?? null;
}

function givenUp(lost: Subject): Failure {
  return new Failure(
    'group.failed',
    `The certificate is for several nodes, all or none, and it is not installed on ${placeOf(lost)}.`,
    { hint: `Check what happened to ${placeOf(lost)}, then request the certificate again.`, retry: 'never' },
  );
}

/** What a member takes over from the first node. Null: it is the first, or has no group. `store` belongs into the step's end. */
export function takeFromFirst(context: StepContext): { made: MadeKey; place: string; store(): void } | null {
  const first = firstOf(context);
  if (first === null) return null;
  const { database } = context.tools;
  const made = makeKeyOutput.parse(first.memory.outputs['make-key']);
  const { fingerprint } = awaitCertificateOutput.parse(first.memory.outputs['await-certificate']);
  const certificate = database.certificates.get(fingerprint);
  const key = database.secrets.open(first.task.id, sealedKeyName);
  const ours =
    certificate !== null &&
    isSealedRequest(database, first.task.id, made) &&
    certificateSeal.isOf(database, first.task.id, certificate);
  if (key === null || !ours) throw givenUp(first.task.subject);
  return {
    made,
    place: placeOf(first.task.subject),
    store() {
      requestSeal.put(database, context.task.id, made);
      certificateSeal.put(database, context.task.id, certificate);
      database.secrets.put(context.task.id, sealedKeyName, key);
      key.wipe();
    },
  };
}

/** The order and the certificate of the first node. Null: it is the first, or has no group. */
export function issuedToFirst(
  context: StepContext,
): { orderId: string; fingerprint: string; place: string } | null {
  const first = firstOf(context);
  if (first === null) return null;
  const issued = awaitCertificateOutput.parse(first.memory.outputs['await-certificate']);
  return { ...issued, place: placeOf(first.task.subject) };
}

function firstOf(context: StepContext): TaskRow | null {
  const group = groupOf(context);
  if (group === undefined || group.position === 0) return null;
  const first = context.tools.database.tasks.ofGroup(group.id).find((one) => groupOf(one)?.position === 0);
  if (first === undefined)
    throw new Failure('task.not-found', 'The task of the first node no longer exists.');
  return first;
}
