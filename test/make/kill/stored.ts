import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDriver } from '../../../electron/database/open.ts';

/** What a killed agent left in its store. */
interface Stored {
  /** What must not be: one sentence each. */
  wrong: string[];
  /** Where the task was, for people: `install running`, `restore done`; null: it was not stored. */
  at: string | null;
}

/** Reads a copy of the store, so that the next start finds it as the killed process left it. `taskId` null: none is known yet. */
export function readStored(dataDirectory: string, scratch: string, taskId: string | null): Stored {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  const copy = join(scratch, 'trustkeep.db');
  for (const end of ['', '-wal']) {
    const from = join(dataDirectory, `trustkeep.db${end}`);
    if (existsSync(from)) copyFileSync(from, `${copy}${end}`);
  }
  const driver = openDriver(copy);
  try {
    const wrong: string[] = [];
    const verdict = driver.pragma('quick_check(1)');
    if (verdict !== 'ok') wrong.push(`the database is damaged: ${String(verdict)}`);
    for (const { owner, name, state } of driver.all(secretsOfEnded))
      wrong.push(`a task that is ${String(state)} still has the secret ${String(name)} of ${String(owner)}`);
    if (taskId !== null && driver.get('SELECT 1 FROM tasks WHERE id = ?', [taskId]) === undefined)
      wrong.push(`the task ${taskId}, whose request was answered, is not stored`);
    return { wrong, at: stepIn(driver.get(newest)) };
  } finally {
    driver.close();
  }
}

const secretsOfEnded = `
  SELECT s.owner, s.name, t.state FROM secrets AS s JOIN tasks AS t ON t.id = s.owner WHERE t.finished_at IS NOT NULL
  UNION ALL
  SELECT s.owner, s.name, t.state FROM secrets AS s JOIN approvals AS a ON a.id = s.owner JOIN tasks AS t ON t.id = a.task_id
  WHERE t.finished_at IS NOT NULL`;

const newest = `SELECT state, steps FROM tasks WHERE kind = 'certify' ORDER BY created_at DESC, rowid DESC LIMIT 1`;

function stepIn(row: Record<string, unknown> | undefined): string | null {
  if (row === undefined) return null;
  if (!['queued', 'running', 'waiting'].includes(String(row.state))) return 'ended';
  const steps = JSON.parse(String(row.steps)) as { name: string; state: string }[];
  const begun = steps.findLast(({ state }) => state !== 'to-do' && state !== 'skipped');
  return begun === undefined ? 'queued' : `${begun.name} ${begun.state}`;
}
