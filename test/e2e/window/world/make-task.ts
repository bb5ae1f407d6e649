import type { Failure } from '#shared/failure.ts';
import { type Change, countsOf, countsOfKept, type Kept } from '#shared/model/changes/index.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { StepName, StepState, Task, TaskState, TaskStep } from '#shared/model/task.ts';
import { makePlan } from './plan.ts';
import { people } from './said-by-others.ts';
import { fakeHash, minute, type World } from './world.ts';

const forward: StepName[] = [
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
];

/** A task that installs a certificate, as far as it came. */
export interface TaskSpec {
  node: EndpointNode;
  state: TaskState;
  at: number;
  /** Index of the step it is at; earlier ones are done. */
  step: number;
  stepState?: StepState;
  /** What that step says, when it is not what it says once it is done. */
  sentence?: string;
  failure?: Failure;
  restored?: Task['restored'];
  waitingFor?: Task['waitingFor'];
  origin?: Task['origin'];
  took?: number;
  /** The number of its order. */
  order?: number;
}

/** The task with its plan, in the world from here on. */
export function makeTask(world: World, spec: TaskSpec): Task {
  const { node, state, waitingFor = null, origin = 'gui', failure, took = 8_400 } = spec;
  const start = world.now - spec.at;
  const plan = makePlan(world, node, origin === 'agent' ? 'renewal' : 'request');
  const within = { kind: 'endpoint' as const, id: node.endpointId, name: node.endpointName };
  const task: Task = {
    id: `task_${fakeHash(`${node.id}${spec.at}${state}`).slice(0, 12)}`,
    kind: 'certify',
    subject: { kind: 'node', id: node.id, name: node.name, within },
    origin,
    actor: origin === 'agent' ? null : people.admin,
    outsideId: null,
    state,
    steps: [...stepsForward(plan, spec, start, took / forward.length), ...stepsBack(spec, start + took)],
    waitingFor,
    wakeAt: waitingFor === 'back-off' || waitingFor === 'authority' ? world.now + 9 * minute : null,
    failure: failure?.toData() ?? null,
    restored: spec.restored ?? null,
    createdAt: start,
    finishedAt: hasEnded(spec) ? start + took : null,
  };
  world.tasks.push(task);
  world.plans.set(task.id, plan);
  return task;
}

const hasEnded = ({ state }: TaskSpec): boolean => !['queued', 'running', 'waiting'].includes(state);

function stepsForward(plan: Plan, spec: TaskSpec, start: number, each: number): TaskStep[] {
  return forward.map((name, index) => {
    const here = index === spec.step;
    const state = index < spec.step ? 'done' : here ? (spec.stepState ?? 'done') : 'to-do';
    const begun = state !== 'to-do';
    const over = begun && state !== 'running' && state !== 'waiting';
    const said = state === 'running' ? null : doneSentence(name, plan, spec);
    return {
      name,
      state: !begun && spec.state === 'failed' ? 'skipped' : state,
      attempt: begun ? 1 : 0,
      startedAt: begun ? start + Math.round(index * each) : null,
      finishedAt: over ? start + Math.round((index + 1) * each) : null,
      sentence: begun ? ((here ? (spec.sentence ?? spec.failure?.message) : undefined) ?? said) : null,
      failure: here && state === 'failed' ? (spec.failure?.toData() ?? null) : null,
    };
  });
}

/** After a failed install the previous state is put back, and that is proved. */
function stepsBack({ restored }: TaskSpec, end: number): TaskStep[] {
  if (restored !== 'proved') return [];
  const done = {
    state: 'done',
    attempt: 1,
    startedAt: end - 900,
    finishedAt: end - 300,
    failure: null,
  } as const;
  const back = 'The previous state is back: 3 files are as before in content, owner and rights.';
  return [
    { ...done, name: 'restore', sentence: `${back} The server reloaded.` },
    {
      ...done,
      name: 'prove-restore',
      sentence: 'Proved: the previous certificate is served again (1 handshake).',
    },
  ];
}

function doneSentence(name: StepName, plan: Plan, { order = 1020 }: TaskSpec): string {
  const { changes, proofs } = plan.install;
  const authority = plan.authority.name;
  const sentences: Partial<Record<StepName, string>> = {
    plan: `Planned: ${countsOf(changes)}.`,
    approve: `Approved by ${people.admin}; the endpoint has not changed since.`,
    'make-key': 'Key pair and CSR were generated on the endpoint; the private key stays there.',
    'place-order': `Order ${order} was placed with ${authority} for ${plan.names.join(', ')}.`,
    'await-certificate': `${authority} issued the certificate of order ${order}.`,
    'check-material':
      'Key and certificate match, and the names and dates are right. The chain is complete: it ends below the root CN=ISRG Root X1.',
    snapshot: `The current state is kept (${countsOfKept(keptOf(changes))}), so that it can be restored.`,
    install: 'Everything was written as planned. nginx -t read the new files and reported no error.',
    restart: 'The endpoint was told to load what is installed.',
    prove: `Proved: ${proofs.length} handshake${proofs.length === 1 ? '' : 's'} showed the new key and the full chain.`,
    finish: 'Cleaned up; the next renewal is scheduled.',
  };
  return sentences[name] ?? '';
}

/** The copies of the files that change. */
const keptOf = (changes: readonly Change[]): Kept[] =>
  changes.flatMap((change) =>
    change.kind === 'file'
      ? [{ kind: 'file', path: change.path, keptAt: `${change.path}.kept`, before: change.before }]
      : [],
  );
