import type { FailureData } from '#shared/failure.ts';
import type { Plan } from '#shared/model/plan.ts';
import { placeOf } from '#shared/model/subject.ts';
import type { Task, TaskStep } from '#shared/model/task.ts';
import { type Paper, pairs, table } from '../table.ts';
import { dated, when } from '../when.ts';

function stateWord({ state, waitingFor }: Task): string {
  return state === 'waiting' && waitingFor !== null ? `waiting for ${waitingFor}` : state;
}

export function taskTable(tasks: readonly Task[], paper: Paper): string[] {
  if (tasks.length === 0) return ['There are no tasks.'];
  return table(
    tasks,
    [
      { head: 'id', value: ({ id }) => id, whole: true },
      { head: 'kind', value: ({ kind }) => kind },
      { head: 'of', value: ({ subject }) => placeOf(subject) },
      { head: 'state', value: stateWord },
      { head: 'by', value: askedBy },
      { head: 'started', value: ({ createdAt }) => when(createdAt, paper.now) },
      { head: 'why', value: ({ failure }) => failure?.sentence ?? '' },
    ],
    paper,
  );
}

/** Who asked for it, and by which way. */
function askedBy({ actor, origin }: Task): string {
  return actor === null ? origin : `${actor} (${origin})`;
}

export function taskPage({ task }: { task: Task; plan: Plan | null }, paper: Paper): string[] {
  const { now } = paper;
  return [
    ...pairs([
      ['Task', task.id],
      ['What', `${task.kind} of ${placeOf(task.subject)}`],
      ['State', stateWord(task)],
      ['Next check', task.wakeAt === null ? null : when(task.wakeAt, now)],
      ['Started by', askedBy(task)],
      ['Started', dated(task.createdAt, now)],
      ['Ended', task.finishedAt === null ? null : dated(task.finishedAt, now)],
      ['Restored', task.restored === null || task.restored === 'not-needed' ? null : task.restored],
    ]),
    '',
    ...task.steps.map((step) => `  ${stepLine(step, paper)}`),
    ...(task.failure === null ? [] : ['', ...failureLines(task.failure)]),
  ];
}

const stepMarks: Record<TaskStep['state'], readonly [unicode: string, ascii: string]> = {
  'to-do': ['·', '.'],
  running: ['→', '>'],
  waiting: ['…', '~'],
  done: ['✓', '+'],
  'done-with-warning': ['!', '!'],
  failed: ['✗', 'x'],
  skipped: ['-', '-'],
};

export function stepLine(step: TaskStep, { unicode }: Paper): string {
  const [pretty, ascii] = stepMarks[step.state];
  const took =
    step.startedAt === null || step.finishedAt === null
      ? ''
      : ` (${((step.finishedAt - step.startedAt) / 1000).toFixed(1)} s)`;
  const again = step.attempt > 1 ? `, attempt ${step.attempt}` : '';
  const said = step.sentence ?? step.failure?.sentence ?? '';
  return `${unicode ? pretty : ascii} ${step.name}${again}${took}${said === '' ? '' : `: ${said}`}`;
}

export function failureLines({ sentence, hint, peerSaid, retryAt }: FailureData, now?: number): string[] {
  return [
    sentence,
    ...(hint === undefined ? [] : [hint]),
    ...(peerSaid === undefined ? [] : [`The server answered: ${peerSaid}`]),
    ...(retryAt === undefined || now === undefined ? [] : [`Try again ${when(retryAt, now)}.`]),
  ];
}
