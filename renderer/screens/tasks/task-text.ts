import { placeOf } from '#shared/model/subject.ts';
import { factsOfTask, type Task } from '#shared/model/task.ts';
import { en } from '../../text/en.ts';

export function taskTitle(task: Task): string {
  return `${factsOfTask(task).title} ${placeOf(task.subject, ' / ')}`;
}

/** The outermost of what it is about: tasks of one endpoint have the same. */
export function aboutTask(task: Task): string {
  return task.subject.within?.name ?? task.subject.name;
}

/** The state, and what a waiting task waits for. */
export function taskStateText(task: Task): string {
  return task.state === 'waiting' && task.waitingFor !== null
    ? en.tasks.waitingFor[task.waitingFor]
    : en.tasks.states[task.state];
}

/** Where a live task is, in one line. */
export function taskStepText(task: Task): string | null {
  if (task.failure !== null) return task.failure.sentence;
  const step = task.steps.findLast((one) =>
    ['running', 'waiting', 'failed', 'done-with-warning'].includes(one.state),
  );
  return step === undefined ? null : (step.sentence ?? en.steps.names[step.name]);
}

/** The contract refuses to cancel once something on an endpoint was changed; do not offer it then. */
export function canCancel(task: Task): boolean {
  const changed = task.steps.some(
    (step) => step.name === 'install' && step.state !== 'to-do' && step.state !== 'skipped',
  );
  return ['queued', 'running', 'waiting'].includes(task.state) && !changed;
}
