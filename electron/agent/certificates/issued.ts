import type { Clock } from '#kit/clock.ts';
import type { Order } from '#shared/model/order.ts';
import type { Database, TaskRow } from '../../database/database.ts';
import { forgetIssued, keepIssued, keyOnEndpoint, mayBeUsedAgain } from '../steps/issued-before.ts';
import { leave } from '../steps/leave.ts';
import { makeKeyOutput, planOutput, snapshotOutput } from '../steps/shapes.ts';
import { isSuccess } from '../tasks/step-rows.ts';
import { isCleared } from './left.ts';

const day = 24 * 60 * 60_000;
/** A key that nobody used by then is not kept any longer. */
const keptMs = 30 * day;

interface Tools {
  database: Database;
  clock: Clock;
}

/**
 * What the end of a task means for certificates that were issued for its node: one that was not installed is kept for the next
 * task, and after a success no other is needed. In the transaction that ends the task.
 */
export function settleIssued(row: TaskRow, tools: Tools): void {
  const { database } = tools;
  const { task, memory } = row;
  if (isSuccess(task)) {
    for (const order of database.orders.keptIssued())
      if (order.nodeId === task.subject.id) release(order, tools);
    return;
  }
  if (task.failure?.code === 'issued.gone') {
    const id = planOutput.safeParse(memory.outputs.plan).data?.plan.issued?.orderId;
    const order = id === undefined ? null : database.orders.get(id);
    if (order !== null) release(order, tools);
    return;
  }
  if (keepIssued(row, database) || !mayBeUsedAgain(memory)) return;
  const { path } = makeKeyOutput.parse(memory.outputs['make-key']);
  if (path !== null) leaveKey(row, path, tools); // it was spared for nothing
}

/** One turn: forgets what no task will use. Gives the milliseconds until the next. */
export function forgetStaleIssued(tools: Tools): number {
  const { database, clock } = tools;
  const now = clock.now();
  database.transaction(() => {
    for (const order of database.orders.keptIssued()) {
      const certificate = database.certificates.get(order.certificateFingerprint ?? '');
      const isOfUse =
        certificate !== null &&
        certificate.revoked === null &&
        certificate.notAfter > now &&
        order.updatedAt > now - keptMs &&
        database.nodes.get(order.nodeId) !== null;
      if (!isOfUse) release(order, tools);
    }
  });
  return day;
}

function release(order: Order, tools: Tools): void {
  const { database } = tools;
  const path = keyOnEndpoint(database, order.id);
  const row = database.tasks.get(order.taskId);
  forgetIssued(database, order.id);
  if (path !== null && row !== null) leaveKey(row, path, tools);
}

/** To be removed from the endpoint, unless all that the task kept there stays for a person. */
function leaveKey({ task, memory }: TaskRow, keyPath: string, { database, clock }: Tools): void {
  if (!isCleared(task)) return;
  const snapshot = snapshotOutput.safeParse(memory.outputs.snapshot).data?.snapshot ?? null;
  const left = { proofs: null, kept: { snapshot, keyPath } };
  leave({ database, now: clock.now(), task, left, because: null });
}
