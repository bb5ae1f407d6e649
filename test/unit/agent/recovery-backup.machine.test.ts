import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Task } from '#shared/model/task.ts';
import { makeDatabase, now, type TestDatabase } from '#test/make/database.ts';
import { startOnce } from '#test/make/start-once.ts';
import { anApproval, aTask } from '#test/make/task-rows.ts';
import { backupDatabase } from '../../../electron/database/backup.ts';
import { settleGone } from '../../../electron/database/gone-database.ts';
import { driverOf } from '../../../electron/database/sqlite-database.ts';

let fixture: TestDatabase;
beforeEach(() => {
  fixture = makeDatabase();
});
afterEach(() => fixture.remove());

function ruin(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0x41, 100));
}

/** Every way in which a copy of `backups/` comes into the place of the database. */
const ways: Record<string, (path: string, backup: string) => void> = {
  'the agent puts it in the place of a damaged database'(path) {
    ruin(path);
    expect(fixture.open).toThrow(expect.objectContaining({ code: 'database.replaced' }));
  },
  'a person has it put in the place of a database that is gone'(path) {
    rmSync(path);
    settleGone(path, 'backup', now);
  },
  'a person copies it by hand'(path, backup) {
    copyFileSync(backup, path);
  },
};

/** As versions made them that did not mark what they copied. */
function unmark(backup: string): void {
  const copy = fixture.open(backup);
  copy.meta.remove('restored-from');
  driverOf(copy).pragma('journal_mode = DELETE');
  copy.close();
}

/** A task in the middle of a change and one before its approval, both ended after a backup was made. Gives its path. */
function endedSince(tasks: readonly [Task, Task]): string {
  const { database } = fixture;
  for (const [index, task] of tasks.entries()) {
    const row = { ...aTask(), task };
    database.tasks.insert({
      ...row,
      memory: { ...row.memory, input: { reason: 'request' }, changing: index === 0 },
    });
  }
  database.approvals.insert(anApproval({ taskId: tasks[1].id }));
  const backup = backupDatabase(database, now - 5);
  for (const task of tasks)
    database.tasks.update({
      ...aTask(),
      task: { ...task, state: 'succeeded', waitingFor: null, finishedAt: now },
    });
  database.close();
  return backup;
}

test.each([
  ...Object.keys(ways).map((way) => [way, 'of this version'] as const),
  ...Object.keys(ways)
    .filter((way) => !way.includes('by hand'))
    .map((way) => [way, 'of an earlier version'] as const),
])('What was in progress in a backup ends with its approval when %s, a backup %s', async (way, version) => {
  const tasks = [
    aTask({ state: 'running', nodeId: 'node_1' }).task,
    aTask({ state: 'waiting', waitingFor: 'approval', nodeId: 'node_2' }).task,
  ] as const;
  const backup = endedSince(tasks);
  if (version !== 'of this version') unmark(backup);
  ways[way]?.(fixture.path, backup);
  fixture.database = fixture.open();
  const { database } = fixture;
  expect(database.tasks.inStates(['running', 'waiting']), 'in the backup they are in progress').toHaveLength(
    2,
  );
  await startOnce(database);
  const failure = {
    code: 'task.restored',
    sentence: expect.stringContaining(new Date(now - 5).toISOString()),
  };
  expect(tasks.map(({ id }) => database.tasks.get(id)?.task)).toMatchObject([
    { state: 'failed', restored: 'failed', failure },
    { state: 'cancelled', restored: 'not-needed', failure },
  ]);
  expect(database.approvals.ofTask(tasks[1].id)?.state).toBe('superseded');
});
