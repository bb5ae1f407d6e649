import { z } from 'zod';
import { failureData } from '../failure.ts';
import { origin } from './origin.ts';
import { subject } from './subject.ts';

/**
 *              ┌────────────────────────────┐
 *   queued ──▶ running ⇄ waiting            │ cancel (only before the first change on an endpoint)
 *              │  │  │     │ (approval, authority, back-off)
 *              │  │  └─────┴──────────────▶ cancelled
 *              │  └──▶ failed  (after every change was undone, and the undoing proved or said to be unproved)
 *              └──▶ succeeded | succeeded-with-warnings
 *
 * At start of the agent every `running` row goes through recovery; each step's `ifInterrupted` decides.
 */
export const taskState = z.enum([
  'queued',
  'running',
  'waiting',
  'succeeded',
  'succeeded-with-warnings',
  'failed',
  'cancelled',
]);
export type TaskState = z.infer<typeof taskState>;
export const liveTaskStates: readonly TaskState[] = ['queued', 'running', 'waiting'];

/** What both sides decide by of a kind of task. What the agent alone does is in its `KindOfTask`. */
interface TaskKindFacts {
  id: string;
  /** For people, before the place it is about: `Certificate for`. */
  title: string;
  /** It says which nodes an endpoint has: while it is live, a list of them is about to change. */
  findsNodes: boolean;
}

function defineTaskKind<const I extends string>(facts: TaskKindFacts & { id: I }): typeof facts {
  return facts;
}

/** The one table of kinds on this side of the process lines. */
const kinds = {
  /** Requests or renews a certificate for a node and installs it. */
  certify: defineTaskKind({ id: 'certify', title: 'Certificate for', findsNodes: false }),
  /** Finds the nodes of an endpoint. */
  discover: defineTaskKind({ id: 'discover', title: 'Discovery of', findsNodes: true }),
  /** Makes an endpoint serve what is installed. */
  restart: defineTaskKind({ id: 'restart', title: 'Restart of', findsNodes: false }),
};

export const taskKind = z.enum(Object.values(kinds).map(({ id }): keyof typeof kinds => id));
export type TaskKind = z.infer<typeof taskKind>;

export function factsOfTask({ kind }: { kind: TaskKind }): TaskKindFacts {
  return kinds[kind];
}

/**
 * The steps of `certify`, in order. `restore` and `prove-restore` run only when something failed after `snapshot`.
 * @internal
 */
export const stepNames = [
  'plan',
  'approve',
  'make-key',
  'place-order',
  'await-certificate',
  'check-material',
  'snapshot',
  'install',
  'restart',
  'prove',
  'finish',
  'restore',
  'prove-restore',
  'discover',
] as const;
const stepName = z.enum(stepNames);
export type StepName = z.infer<typeof stepName>;

const stepState = z.enum(['to-do', 'running', 'waiting', 'done', 'done-with-warning', 'failed', 'skipped']);
export type StepState = z.infer<typeof stepState>;

const taskStep = z.object({
  name: stepName,
  state: stepState,
  attempt: z.number().int(),
  startedAt: z.number().int().nullable(),
  finishedAt: z.number().int().nullable(),
  /** What it did or waits for, for people. */
  sentence: z.string().nullable(),
  failure: failureData.nullable(),
});
export type TaskStep = z.infer<typeof taskStep>;

export const task = z.object({
  /** `task_…` */
  id: z.string(),
  kind: taskKind,
  subject,
  origin,
  /** Who asked for it: an operating system account, or the name of a server. Null: the agent itself, or not known. */
  actor: z.string().nullable(),
  /** What a server calls the order this task came from. Unique: the same order twice is the same task. */
  outsideId: z.string().nullable(),
  state: taskState,
  steps: z.array(taskStep),
  /** Why it waits, when it waits: `approval`, `authority`, `back-off`, `keychain`, `endpoint-restart`, `group`. */
  waitingFor: z
    .enum(['approval', 'authority', 'back-off', 'keychain', 'endpoint-restart', 'group'])
    .nullable(),
  /** Epoch milliseconds at which a waiting task is checked again; null: when something happens. */
  wakeAt: z.number().int().nullable(),
  failure: failureData.nullable(),
  /** After a failed install: is the previous state back, and was that proved? */
  restored: z.enum(['not-needed', 'proved', 'unproved', 'failed']).nullable(),
  createdAt: z.number().int(),
  finishedAt: z.number().int().nullable(),
});
export type Task = z.infer<typeof task>;
