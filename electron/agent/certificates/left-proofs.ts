import type { Order } from '#shared/model/order.ts';
import type { Task } from '#shared/model/task.ts';
import type { TaskRow } from '../../database/database.ts';
import { guardApproval } from '../steps/approval-guard.ts';
import { ownOrder } from '../steps/own-order.ts';
import { orderRequest } from '../steps/place-order.ts';
import type { StepContext, StepTools } from '../steps/step.ts';
import { webRootOf } from '../steps/web-root.ts';
import { stepContext } from '../tasks/step-context.ts';
import type { EndTools } from '../tasks/task-kind.ts';

interface Left {
  order: Order;
  /** It is removed by the approved settings; else nothing is run or written by what is stored now. */
  approved: boolean;
}

/** Of tasks that have ended, as their seals told while they were there. */
const noted = new WeakMap<Task, Left>();

/** For a task that is cancelled, and cleared up only when its seals are gone. In the transaction that ends it; never throws. */
export function noteProofs(row: TaskRow, { database }: EndTools): void {
  if (row.task.state !== 'cancelled') return;
  // what tells whether something is ours asks the database alone
  const left = leftBy(stepContext(database, row, new Map(), { database } as StepTools));
  if (left !== null) noted.set(row.task, left);
}

/**
 * Removes what was put up to prove control of the names of an order that comes to nothing: listeners of this machine, files,
 * records. Best effort, never rejects.
 */
export async function removeProofs(row: TaskRow, tools: StepTools): Promise<void> {
  const context = stepContext(tools.database, row, new Map(), tools);
  const left = row.task.finishedAt === null ? leftBy(context) : noted.get(row.task);
  if (left === null || left === undefined) return;
  const { order, approved } = left;
  try {
    // it is not stored that they are gone: the order ends here
    const orderTools = { webRoot: webRootOf(context), remember: () => {}, signal: tools.signal };
    const request = orderRequest(context, order);
    await tools
      .authority(order.authorityId)
      .cleanUp(order.handle, request, orderTools, approved ? 'all' : 'own listeners');
  } catch (error) {
    tools.log.warn('proofs of an ended order could not be removed', { task: row.task.id, error });
  }
}

function leftBy(context: StepContext): Left | null {
  try {
    const order = ownOrder(context);
    if (order === null || order.handle === null) return null;
    // those were removed with its end
    if (order.state === 'collected' || order.state === 'refused') return null;
    return { order, approved: isApproved(context) };
  } catch {
    return null; // not ours, or not to be told: nothing is removed by what is stored there
  }
}

function isApproved(context: StepContext): boolean {
  try {
    guardApproval(context);
    return true;
  } catch {
    return false;
  }
}
