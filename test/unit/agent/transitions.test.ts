import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { aTask } from '#test/make/task-rows.ts';
import { certifyKind } from '../../../electron/agent/certificates/certify-kind.ts';
import type { Step } from '../../../electron/agent/steps/step.ts';
import { freshStep } from '../../../electron/agent/tasks/kinds.ts';
import {
  begun,
  counted,
  done,
  ended,
  finished,
  undoing,
  waiting,
} from '../../../electron/agent/tasks/transitions.ts';
import type { TaskRow } from '../../../electron/database/database.ts';

const now = 1000;
const failure = new Failure('install.not-served', 'It is not served.');

function stepCalled(name: string): Step {
  const step = [...certifyKind.forward, ...certifyKind.undo].find((one) => one.name === name);
  if (step === undefined) throw new Error(`no step is called ${name}`);
  return step;
}

/** A task of all steps, each of the named ones in that state. */
function row(states: Record<string, 'done' | 'done-with-warning' | 'running'> = {}): TaskRow {
  const made = aTask();
  const steps = certifyKind.forward.map(({ name }) => ({
    ...freshStep(name),
    state: states[name] ?? ('to-do' as const),
  }));
  return { ...made, task: { ...made.task, steps } };
}

const stateOf = (steps: readonly { name: string; state: string }[] | undefined, name: string) =>
  steps?.find((step) => step.name === name)?.state;

describe('a step that begins', () => {
  test('is running, and one that changes the endpoint says so from then on', () => {
    const plan = begun(row(), stepCalled('plan'), now);
    expect(plan.memory?.changing).toBe(false);
    expect(stateOf(plan.task.steps, 'plan')).toBe('running');
    const install = begun(row(), stepCalled('install'), now);
    expect(install.memory?.changing).toBe(true);
    const later = begun({ ...row(), memory: { ...row().memory, changing: true } }, stepCalled('prove'), now);
    expect(later.memory?.changing).toBe(true);
  });

  test('again keeps its first beginning and forgets the last failure', () => {
    const first = begun(row(), stepCalled('plan'), now);
    const failed = counted(
      { ...row(), task: { ...row().task, ...first.task } },
      stepCalled('plan'),
      1,
      failure,
    );
    const again = begun(failed, stepCalled('plan'), now + 500).task.steps?.[0];
    expect(again).toMatchObject({ startedAt: now, failure: null, attempt: 1 });
  });
});

test('A step that is done moves the cursor by one and leaves its output to those after it', () => {
  const change = done(
    row(),
    stepCalled('plan'),
    { kind: 'done', output: { plan: 1 }, sentence: 'Planned.' },
    now,
  );
  expect(change.memory).toMatchObject({ cursor: 1, outputs: { plan: { plan: 1 } } });
  expect(change.task.steps?.[0]).toMatchObject({ state: 'done', finishedAt: now, sentence: 'Planned.' });
});

test('A task that waits says for what and until when', () => {
  const change = waiting(row(), stepCalled('approve'), 'approval', null, 'Waiting.');
  expect(change.task).toMatchObject({ state: 'waiting', waitingFor: 'approval', wakeAt: null });
  expect(waiting(row(), stepCalled('plan'), 'back-off', 5, 'Later.').task.wakeAt).toBe(5);
});

describe('after a failure', () => {
  test('behind the first change everything is undone: what is left is skipped, the way back is added', () => {
    const made = row({ plan: 'done', install: 'running' });
    const before: TaskRow = { ...made, memory: { ...made.memory, cursor: 7, changing: true } };
    const change = undoing(before, stepCalled('install'), failure, certifyKind, now);
    expect(change.memory).toMatchObject({ direction: 'undoing', cursor: 0 });
    expect(stateOf(change.task.steps, 'plan')).toBe('done');
    expect(stateOf(change.task.steps, 'install')).toBe('failed');
    expect(stateOf(change.task.steps, 'prove')).toBe('skipped');
    expect(change.task.steps?.slice(-2).map(({ name, state }) => [name, state])).toEqual([
      ['restore', 'to-do'],
      ['prove-restore', 'to-do'],
    ]);
    expect(change.task.failure?.code).toBe('install.not-served');
  });

  test('that ends before any change nothing needs to be restored', () => {
    const task = ended(row(), stepCalled('plan'), 'failed', failure, certifyKind, now);
    expect(task).toMatchObject({ state: 'failed', restored: 'not-needed', waitingFor: null, wakeAt: null });
  });

  test('of the way back says whether the files or only the proof is missing, and keeps the first cause', () => {
    const first = new Failure('material.unfit', 'It does not fit.').toData();
    const back: TaskRow = { ...row(), memory: { ...row().memory, direction: 'undoing' } };
    const withCause = { ...back, task: { ...back.task, failure: first } };
    const files = ended(withCause, stepCalled('restore'), 'failed', failure, certifyKind, now);
    expect(files).toMatchObject({ restored: 'failed', failure: { code: 'material.unfit' } });
    const proof = ended(withCause, stepCalled('prove-restore'), 'failed', failure, certifyKind, now);
    expect(proof.restored).toBe('unproved');
  });
});

describe('at its end', () => {
  test('a task succeeded, with warnings where a step had one', () => {
    expect(finished(row({ plan: 'done' }), certifyKind, now).task.state).toBe('succeeded');
    expect(finished(row({ finish: 'done-with-warning' }), certifyKind, now).task.state).toBe(
      'succeeded-with-warnings',
    );
  });

  test('a task that was undone failed, and is proved to be back only when the proof was done', () => {
    const back = (state: 'done' | 'done-with-warning'): TaskRow => ({
      task: {
        ...row().task,
        steps: [
          { ...freshStep('restore'), state: 'done' },
          { ...freshStep('prove-restore'), state },
        ],
      },
      memory: { ...row().memory, direction: 'undoing' },
    });
    expect(finished(back('done'), certifyKind, now).task).toMatchObject({
      state: 'failed',
      restored: 'proved',
    });
    expect(finished(back('done-with-warning'), certifyKind, now).task.restored).toBe('unproved');
  });
});
