import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import type { Task } from '#shared/model/task.ts';
import { cli, scriptedClient } from '#test/make/cli.ts';
import { makeTask } from '#test/make/task-rows.ts';

describe('--wait', () => {
  const step = { name: 'plan', attempt: 1, startedAt: 1, finishedAt: 2, failure: null } as const;
  const states = (...tasks: Partial<Task>[]) => {
    let turn = 0;
    return scriptedClient({
      'certificates.renew': { taskId: 'task_1' },
      'tasks.show': () => ({
        task: makeTask({ id: 'task_1', kind: 'certify', ...tasks[Math.min(turn++, tasks.length - 1)] }),
        plan: null,
      }),
      'approvals.show': { id: 'apr_1', plan: { fingerprint: 'f'.repeat(64) } },
      'agent.events': async function* () {
        yield { type: 'hello', at: 1 };
        for (let i = 0; i < tasks.length; i++) yield { type: 'changed', topic: 'tasks', id: 'task_1', at: 1 };
      },
    });
  };
  const renew = (client: ReturnType<typeof states>['client'], ...flags: string[]) =>
    cli(['certificates', 'renew', 'n', '--wait', ...flags], { running: client });
  const failed = { code: 'reload.failed', sentence: 'nginx did not reload.', retry: 'needs-person' } as const;

  test('tells each step once and ends with the task', async () => {
    const steps = [{ ...step, state: 'done' as const, sentence: 'Planned.' }];
    const { client } = states(
      { state: 'running', steps },
      { state: 'running', steps },
      { state: 'succeeded', steps },
    );
    const { stdout, code } = await renew(client);
    expect(stdout).toBe(
      'The renewal was started. Task: task_1\n  ✓ plan (0.0 s): Planned.\nDone: certify of web1.\n',
    );
    expect(code).toBe(0);
  });

  const ends: [string, Partial<Task>, number, RegExp][] = [
    ['with warnings', { state: 'succeeded-with-warnings' }, 0, /with warnings/],
    ['cancelled', { state: 'cancelled' }, 1, /Cancelled/],
    [
      'failed before any change',
      { state: 'failed', failure: failed, restored: 'not-needed' },
      1,
      /nginx did not reload/,
    ],
    [
      'failed and restored',
      { state: 'failed', failure: failed, restored: 'proved' },
      6,
      /is back, and proved/,
    ],
    [
      'failed, restored, not proved',
      { state: 'failed', failure: failed, restored: 'unproved' },
      7,
      /not proved/,
    ],
    [
      'failed and not restored',
      { state: 'failed', failure: failed, restored: 'failed' },
      7,
      /could NOT be restored/,
    ],
    ['waiting for the keychain', { state: 'waiting', waitingFor: 'keychain' }, 3, /secrets unlock/],
  ];
  test.each(ends)('tells a task that is %s from the others', async (_what, task, code, said) => {
    const run = await renew(states(task).client);
    expect(run.code).toBe(code);
    expect(run.stdout).toMatch(said);
  });

  test('says how to approve and gives up, unless told to wait for that too', async () => {
    const waiting = { state: 'waiting', waitingFor: 'approval' } as const;
    const run = await renew(states(waiting).client);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain('trustkeep approvals approve apr_1 --fingerprint ffffffffffffffff');
    expect((await renew(states(waiting, { state: 'succeeded' }).client, '--wait_approval')).code).toBe(0);
  });

  test('keeps standard output one JSON document', async () => {
    const run = await renew(states({ state: 'succeeded' }).client, '--json');
    expect(JSON.parse(run.stdout)).toEqual({ taskId: 'task_1' });
    const said = run.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(said).toContainEqual({ note: 'Done: certify of web1.' });
  });

  test('of our own agent is understood: the work would end with us', async () => {
    const run = await cli(['certificates', 'renew', 'n'], { own: states({ state: 'succeeded' }).client });
    expect(run.stdout).toContain('Done: certify of web1.');
    expect(run.own).toEqual(['made for /home', 'started', 'stopped']);
  });

  test('of our own agent does not sit for hours with an authority', async () => {
    const later = { state: 'waiting', waitingFor: 'authority', wakeAt: Date.now() + 3_600_000 } as const;
    const run = await cli(['certificates', 'renew', 'n', '--wait'], { own: states(later).client });
    expect(run.code).toBe(4);
    expect(run.stdout).toContain('The task is waiting for the authority.');
  });
});

test('what others named themselves cannot move the cursor', async () => {
  const { client } = scriptedClient({
    'endpoints.list': new Failure('internal', 'A\u001b[2J\u0007B', { peerSaid: 'C\nD' }),
  });
  const { stderr } = await cli(['tls', 'list'], { running: client });
  expect(stderr).toBe('A [2J B\nThe server answered: C D\n');
});
