import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import type { Change } from '#shared/model/changes/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type { Plan } from '#shared/model/plan.ts';
import { planFingerprint } from '../../../electron/agent/plans/certify.ts';
import { isSealedYes, sealYes } from '../../../electron/agent/steps/seal-yes.ts';
import { checkMaterialOutput, planOutput, snapshotOutput } from '../../../electron/agent/steps/shapes.ts';
import type { Database } from '../../../electron/database/database.ts';
import { applicationId } from '../../../electron/database/header.ts';
import { migrate, migrations } from '../../../electron/database/migrate.ts';
import { openDatabase, openDriver } from '../../../electron/database/open.ts';
import type { SqliteDatabase } from '../../../electron/database/sqlite-database.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { clockAt, now, readySealer } from '../../make/database.ts';
import { tempDirectory } from '../../make/directory.ts';
/** Rows as version 3 of the database had them, written by that version at work on a real nginx and real PEM files. */
import rows from './plans-of-version-3.json' with { type: 'json' };

const [changing, waiting] = [rows['nginx, being changed'], rows['PEM, waiting for a yes']];
let directory: ReturnType<typeof tempDirectory>;
let database: Database | null = null;

beforeEach(() => {
  directory = tempDirectory('changes');
});
afterEach(() => {
  database?.close();
  database = null;
  directory.remove();
});

/** A database of version 3 with these rows, brought up to date. */
function moved(damage?: (plan: Record<string, unknown>) => void, text?: string): Database {
  const path = join(directory.path, 'data', 'trustkeep.db');
  mkdirSync(dirname(path), { recursive: true });
  const driver = openDriver(path);
  migrate(driver, migrations.slice(0, 3));
  driver.pragma(`application_id = ${applicationId}`);
  for (const { task, approval } of [changing, waiting]) {
    const plan: Record<string, unknown> = structuredClone(approval.plan);
    damage?.(plan);
    insert('approvals', { ...approval, plan: text ?? JSON.stringify(plan) });
    const { steps, memory } = task;
    insert('tasks', { ...task, steps: JSON.stringify(steps), memory: text ?? JSON.stringify(memory) });
  }
  driver.close();
  database = openDatabase({ path, clock: clockAt(now), log: silentLog, sealer: readySealer() });
  return database;

  function insert(table: string, row: Record<string, string | number | null>): void {
    const names = Object.keys(row);
    const values = names.map((name) => `:${name}`);
    driver.run(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${values.join(', ')})`, row);
  }
}

function approvalOf(taskId: string) {
  const approval = (database ?? moved()).approvals.ofTask(taskId);
  if (approval === null) throw new Error('the approval is gone');
  return approval;
}

function outputsOf(taskId: string) {
  const row = (database ?? moved()).tasks.get(taskId);
  if (row === null) throw new Error('the task is gone');
  return row.memory.outputs;
}

describe('a plan from before plans were lists of changes', () => {
  test.each([
    ['nginx', changing],
    ['PEM', waiting],
  ])(
    'of %s keeps the fingerprint that was approved, and it is computed again',
    (_type, { task, approval }) => {
      const { plan } = approvalOf(task.id);
      expect(plan.fingerprint).toBe(approval.plan.fingerprint);
      expect(planFingerprint(plan)).toBe(approval.plan.fingerprint);
      expect(planOutput.parse(outputsOf(task.id).plan).plan).toEqual(plan);
    },
  );

  test('counts as approved by the yes that was sealed then', () => {
    const approval = approvalOf(changing.task.id);
    database?.secrets.put(
      approval.id,
      'yes',
      Secret.of(`${changing.task.id} ${changing.approval.plan.fingerprint}`),
    );
    if (database === null) throw new Error('no database');
    expect(isSealedYes(database, approval)).toBe(true);
    sealYes(database, { ...approval, plan: { ...approval.plan, fingerprint: 'f'.repeat(64) } });
    expect(isSealedYes(database, approval)).toBe(false);
  });

  test('is filled in as it was, under the same fingerprint', () => {
    const { plan } = checkMaterialOutput.parse(outputsOf(changing.task.id)['check-material']);
    expect(planFingerprint(plan)).toBe(changing.approval.plan.fingerprint);
    expect(hashes(plan)).toEqual(
      changing.task.memory.outputs['check-material']?.plan.install.files.map((file) => file.after.sha256),
    );
  });

  test('lists what it does one by one', () => {
    expect(approvalOf(changing.task.id).plan.install.changes.map((one) => one.kind)).toEqual([
      'directory',
      'file',
      'file',
      'file',
      'configuration-line',
      'configuration-line',
      'command',
      'command',
    ]);
    expect(approvalOf(waiting.task.id).plan.install).toMatchObject({
      shares: null,
      changes: [
        { kind: 'file', path: '/srv/mail/site.key', holds: 'private-key' },
        { kind: 'file', path: '/srv/mail/site.pem', holds: 'certificate' },
        { kind: 'command', argv: ['/srv/mail/in.sh', 'shop.example'] },
        { kind: 'command', argv: ['/srv/mail/re.sh'] },
      ],
    });
  });

  test('can still be undone: its snapshot keeps what it kept', () => {
    const { snapshot } = snapshotOutput.parse(outputsOf(changing.task.id).snapshot);
    expect(snapshot.kept).toEqual([
      { kind: 'file', path: '/srv/web/real/trustkeep/shop.example-daff8876.key', keptAt: null, before: null },
      { kind: 'file', path: '/srv/web/real/trustkeep/shop.example-daff8876.crt', keptAt: null, before: null },
      {
        kind: 'file',
        path: '/srv/web/nginx.conf',
        keptAt: expect.stringContaining('/srv/web/.trustkeep-'),
        before: { sha256: expect.any(String), ownership: posix('root', 'root', 0o644) },
      },
      { kind: 'directory', path: '/srv/web/real/trustkeep' },
    ]);
  });

  const attacks: [string, (change: Change) => Change][] = [
    ['another path', (one) => (one.kind === 'file' ? { ...one, path: '/etc/shadow' } : one)],
    [
      'an access control list, which its form could not say',
      (one) =>
        one.kind === 'file' && one.after.ownership.system === 'posix'
          ? { ...one, after: { ...one.after, ownership: { ...one.after.ownership, acl: 'user:bob:r' } } }
          : one,
    ],
    [
      'a command that only reads like the directory it was made of',
      (one) =>
        one.kind === 'directory'
          ? {
              kind: 'command',
              argv: ['mkdir', '-p', '--', one.path],
              why: 'A directory for the files of this node only.',
            }
          : one,
    ],
    [
      'a change of a kind its form did not know',
      (one) =>
        one.kind === 'directory'
          ? { kind: 'remote-object', path: '/x', holds: 'settings', before: null, after: null }
          : one,
    ],
  ];
  test.each(attacks)('with %s is not what was approved', (_what, attack) => {
    const { plan } = approvalOf(changing.task.id);
    const other: Plan = { ...plan, install: { ...plan.install, changes: plan.install.changes.map(attack) } };
    const outcome = (): string => {
      try {
        return planFingerprint(other);
      } catch (error) {
        return String(error);
      }
    };
    expect(outcome()).not.toBe(plan.fingerprint);
  });

  test('whose details nobody can read can still be listed, but not carried out', () => {
    moved((plan) => {
      plan.install = { ...changing.approval.plan.install, details: { of: 'somebody' } };
    });
    const { plan } = approvalOf(changing.task.id);
    expect(planFingerprint(plan)).not.toBe(plan.fingerprint);
  });

  test('that is not even JSON stays the text it is, and the start goes on', () => {
    const { driver } = moved(undefined, '{"install": nope') as SqliteDatabase;
    const stored = driver.all('SELECT plan FROM approvals UNION SELECT memory FROM tasks');
    expect(stored).toEqual([{ plan: '{"install": nope' }]);
  });
});

const hashes = ({ install }: Plan) =>
  install.changes.flatMap((one) => (one.kind === 'file' ? [one.after.sha256] : []));
