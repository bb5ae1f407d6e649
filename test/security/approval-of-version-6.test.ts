/** The approvals that were given before the place of a key pair got its present word: they count for what they were given, and for nothing else. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { clockAt, now, readySealer } from '#test/make/database.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { planFingerprint } from '../../electron/agent/plans/certify.ts';
import { isSealedRequest } from '../../electron/agent/steps/seal-request.ts';
import {
  certifyInput,
  checkMaterialOutput,
  makeKeyOutput,
  planOutput,
} from '../../electron/agent/steps/shapes.ts';
import type { Database } from '../../electron/database/database.ts';
import { applicationId } from '../../electron/database/header.ts';
import { migrate, migrations } from '../../electron/database/migrate.ts';
import { openDatabase, openDriver } from '../../electron/database/open.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { drive } from './approval-drive.ts';
/** Rows as version 6 of the database had them and what was sealed beside them, written by that version. */
import { rows, sealed } from './approval-of-version-6.json' with { type: 'json' };

type Row = Record<string, unknown>;
const [stored] = rows.approvals;
const taskId = rows.tasks[0]?.id ?? '';
let directory: ReturnType<typeof tempDirectory>;
let database: Database | null = null;

beforeEach(() => {
  directory = tempDirectory('approval');
});
afterEach(() => {
  database?.close();
  database = null;
  directory.remove();
});

/** A database of version 6 with these rows, brought up to date. */
function moved(more: { approvals?: Row[] } = {}): Database {
  const path = join(directory.path, 'data', 'trustkeep.db');
  mkdirSync(dirname(path), { recursive: true });
  const driver = openDriver(path);
  migrate(driver, migrations.slice(0, 6));
  driver.pragma(`application_id = ${applicationId}`);
  for (const [table, all] of Object.entries({ ...rows, approvals: more.approvals ?? rows.approvals }))
    for (const row of all) insert(table, row);
  driver.close();
  const opened = openDatabase({ path, clock: clockAt(now), log: silentLog, sealer: readySealer() });
  database = opened;
  opened.secrets.put(stored?.id ?? '', 'yes', Secret.of(sealed.yes));
  opened.secrets.put(taskId, 'request', Secret.of(sealed.request));
  return opened;

  function insert(table: string, row: Row): void {
    const names = Object.keys(row);
    const values = Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      ]),
    );
    const marks = names.map((name) => `:${name}`);
    driver.run(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks.join(', ')})`, values as never);
  }
}

function rowOf(from: Database) {
  const row = from.tasks.get(taskId);
  if (row === null) throw new Error('the task is gone');
  return row;
}

function planOf(from: Database) {
  const approval = from.approvals.ofTask(taskId);
  if (approval === null) throw new Error('the approval is gone');
  return approval.plan;
}

describe('an approval of the version before', () => {
  test('shows the plan in the words of now, under the fingerprint that was approved', () => {
    const plan = planOf(moved());
    expect(plan.keyPlace).toEqual({ where: 'endpoint', why: stored?.plan.keyPlace.why });
    expect(plan.fingerprint).toBe(stored?.plan.fingerprint);
    expect(planFingerprint(plan)).toBe(plan.fingerprint);
  });

  test('has its task read in the words of now', () => {
    const { memory } = rowOf(moved());
    expect(certifyInput.parse(memory.input).keyPlace).toBe('endpoint');
    expect(planOutput.parse(memory.outputs.plan).plan.keyPlace.where).toBe('endpoint');
    expect(checkMaterialOutput.parse(memory.outputs['check-material']).plan.keyPlace.where).toBe('endpoint');
    expect(makeKeyOutput.parse(memory.outputs['make-key'])).toMatchObject({ where: 'endpoint', path: '/k' });
  });

  test('lets its task go on to the authority', async () => {
    const opened = moved();
    expect(await drive(opened, rowOf(opened).task)).toMatchObject({ reached: true });
  });

  test('does not count for a key pair of another place', async () => {
    const opened = moved();
    const approval = opened.approvals.ofTask(taskId);
    if (approval === null) throw new Error('the approval is gone');
    const plan = { ...approval.plan, keyPlace: { ...approval.plan.keyPlace, where: 'agent' as const } };
    expect(planFingerprint(plan)).not.toBe(approval.plan.fingerprint);
    opened.approvals.update({ ...approval, plan });
    const row = rowOf(opened);
    opened.tasks.update({
      ...row,
      memory: {
        ...row.memory,
        outputs: { ...row.memory.outputs, plan: { plan }, 'check-material': { plan } },
      },
    });
    const { reached, task } = await drive(opened, row.task);
    expect([reached, task.failure?.code]).toEqual([false, 'approval.other-plan']);
  });

  test('does not count when its fingerprint is said to be one of now', () => {
    const plan = planOf(moved());
    expect(planFingerprint({ ...plan, fingerprintVersion: 3 })).not.toBe(plan.fingerprint);
  });

  test.each([
    ['CSR', { csr: 'AA==' }],
    ['file', { path: '/other' }],
    ['place', { where: 'agent' as const }],
  ])('seals the key pair that was made: another %s is noticed', (_what, other) => {
    const opened = moved();
    const made = makeKeyOutput.parse(rowOf(opened).memory.outputs['make-key']);
    expect(isSealedRequest(opened, taskId, made)).toBe(true);
    expect(isSealedRequest(opened, taskId, { ...made, ...other })).toBe(false);
  });
});

test('a plan that is not JSON stays as it is, and the others are brought up to date', () => {
  const plan = '{"keyPlace":';
  const damaged = { ...stored, id: 'apr_damaged', task_id: 'task_damaged', plan };
  const opened = moved({ approvals: [damaged, ...rows.approvals] });
  const { driver } = opened as SqliteDatabase;
  expect(driver.get('SELECT plan FROM approvals WHERE id = ?', ['apr_damaged'])).toEqual({ plan });
  expect(planOf(opened).keyPlace.where).toBe('endpoint');
});
