import { asFailure } from '#shared/failure.ts';
import { idOf } from '#shared/model/subject.ts';
import type { TaskRow } from '../../database/database.ts';
import type { WebRoot } from '../../providers/authorities/authority.ts';
import { authorityHash } from '../plans/binding.ts';
import { guardApproval } from '../steps/approval-guard.ts';
import { mayBeUsedAgain } from '../steps/issued-before.ts';
import { type Left, saysLeft } from '../steps/leave.ts';
import { makeKeyStep } from '../steps/make-key.ts';
import { ownOrder } from '../steps/own-order.ts';
import { makeKeyOutput, snapshotOutput } from '../steps/shapes.ts';
import type { StepContext, StepTools } from '../steps/step.ts';
import { tagOf } from '../steps/tag.ts';
import { plannedRoot, webRootAt } from '../steps/web-root.ts';
import { stepContext } from '../tasks/step-context.ts';
import type { ClearedUp } from '../tasks/task-kind.ts';

/** What a task that ends without success may leave, as its seals tell while they are there. Null: nothing. Never throws. */
export function leftBy(row: TaskRow, { database }: Pick<StepTools, 'database'>): Left | null {
  // what tells whether something is ours asks the database alone
  const context = stepContext(database, row, new Map(), { database } as StepTools);
  if (isOfBackup(row.task)) return null;
  const left: Left = {
    proofs: proofsOf(context),
    kept: isCleared(row.task) ? keptOf(row) : null,
  };
  return left.proofs === null && left.kept === null ? null : left;
}

/** Keys and kept copies stay when the restore is not proved: a person will need them. */
export const isCleared = ({ restored }: TaskRow['task']): boolean =>
  restored !== 'failed' && restored !== 'unproved';

/** The agent that it was made on may be at work with the same order, and with the same names on the endpoint. */
const isOfBackup = ({ failure }: TaskRow['task']): boolean => failure?.code === 'task.restored';

function proofsOf(context: StepContext): Left['proofs'] {
  try {
    const order = ownOrder(context);
    if (order === null || order.handle === null) return null;
    // those were removed with its end
    if (order.state === 'collected' || order.state === 'refused') return null;
    const { authorityId, names, handle } = order;
    const settings = isApproved(context)
      ? authorityHash(context.tools.database.authorities.get(authorityId))
      : 'not approved';
    return { authorityId, settings, names, handle, webRoot: plannedRoot(context) };
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

/** On the endpoint, from the moment that a key may have been made there. */
function keptOf({ task, memory }: TaskRow): Left['kept'] {
  const { outputs } = memory;
  const begun = task.steps.some((step) => step.name === makeKeyStep.name && step.startedAt !== null);
  if (!(makeKeyStep.name in outputs) && !begun) return null;
  const snapshot = snapshotOutput.safeParse(outputs.snapshot).data?.snapshot ?? null;
  const keyPath = makeKeyOutput.safeParse(outputs[makeKeyStep.name]).data?.path ?? null;
  return { snapshot, keyPath, ...(mayBeUsedAgain(memory) ? { sparesKey: true } : {}) };
}

/**
 * Removes what was left: what proved control of names (listeners of this machine, files, records), and what lies on the
 * endpoint. Gives what is left all the same. Idempotent, never rejects.
 */
export async function clearLeft(left: Left, task: TaskRow['task'], tools: StepTools): Promise<ClearedUp> {
  const proofs = left.proofs === null ? nothing : await clearProofs(left.proofs, task, tools);
  const kept = left.kept === null ? nothing : await clearKept(left.kept, task, tools);
  const rest = { proofs: proofs.rest, kept: kept.rest };
  return {
    left: rest.proofs === null && rest.kept === null ? null : rest,
    because: together(proofs.because, kept.because),
    gaveUp: together(proofs.gaveUp, kept.gaveUp),
  };
}

interface Cleared<T> {
  rest: T | null;
  because: string | null;
  gaveUp: string | null;
}
const nothing = { rest: null, because: null, gaveUp: null };

const together = (...sentences: (string | null)[]): string | null =>
  sentences.filter((one) => one !== null).join(' ') || null;

type Proofs = NonNullable<Left['proofs']>;

async function clearProofs(
  proofs: Proofs,
  task: TaskRow['task'],
  tools: StepTools,
): Promise<Cleared<Proofs>> {
  const { authorityId, names } = proofs;
  const stored = tools.database.authorities.get(authorityId);
  if (proofs.webRoot !== null && !isThere(task, tools))
    return {
      ...nothing,
      gaveUp: `The endpoint no longer exists, so challenge files for ${names.join(', ')} may be left below ${proofs.webRoot}.`,
    };
  if (stored === null)
    return {
      ...nothing,
      gaveUp: `The authority no longer exists, so challenge files or TXT records for ${names.join(', ')} may be left.`,
    };
  const approved = authorityHash(stored) === proofs.settings;
  let { handle } = proofs;
  try {
    const orderTools = {
      webRoot: webRootOf(proofs, tools),
      remember: (now: unknown) => {
        handle = now;
      },
      signal: tools.signal,
    };
    const left = await tools
      .authority(authorityId)
      .cleanUp(handle, { names }, orderTools, approved ? 'all' : 'own listeners');
    if (left.length === 0) return nothing;
    const because = saysLeft(left);
    return approved
      ? { rest: { ...proofs, handle }, because, gaveUp: null }
      : { ...nothing, gaveUp: because };
  } catch (error) {
    return { rest: proofs, because: asFailure(error).message, gaveUp: null };
  }
}

function webRootOf({ webRoot }: Proofs, tools: StepTools): WebRoot | null {
  return webRoot === null ? null : webRootAt(webRoot, async () => (await tools.openConnection()).connection);
}

const isThere = ({ subject }: TaskRow['task'], { database }: StepTools): boolean =>
  database.endpoints.get(idOf(subject, 'endpoint') ?? '') !== null;

type Kept = NonNullable<Left['kept']>;

async function clearKept(kept: Kept, task: TaskRow['task'], tools: StepTools): Promise<Cleared<Kept>> {
  if (!isThere(task, tools))
    return {
      ...nothing,
      gaveUp: `The endpoint no longer exists, so files named .trustkeep-${tagOf(task)} may be left there.`,
    };
  try {
    const { endpoint } = await tools.openConnection();
    await endpoint.discard(
      kept.snapshot,
      tagOf(task),
      kept.keyPath,
      kept.sparesKey ? 'spare the key' : undefined,
    );
    return nothing;
  } catch (error) {
    await tools.dropConnection();
    return { rest: kept, because: asFailure(error).message, gaveUp: null };
  }
}
