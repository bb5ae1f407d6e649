import { Failure } from '#shared/failure.ts';
import type { Driver } from './driver.ts';
import { first } from './migrations/0001-first.ts';
import { credentialStores } from './migrations/0002-credential-stores.ts';
import { secretKeys } from './migrations/0003-secret-keys.ts';
import { taskSubjects } from './migrations/0004-task-subjects.ts';
import { planOfChanges } from './migrations/0005-plan-of-changes.ts';
import { outbox } from './migrations/0006-outbox.ts';
import { keyPairPlaces } from './migrations/0007-key-pair-place.ts';
import { nodeManagers } from './migrations/0008-node-managers.ts';
import { revokedCertificates } from './migrations/0009-revoked-certificates.ts';
import { leftovers } from './migrations/0010-leftovers.ts';
import { channels } from './migrations/0011-channels.ts';
import { notificationPersons } from './migrations/0012-notification-persons.ts';
import { taskGroups } from './migrations/0013-task-groups.ts';

/** One step forward. Runs inside a transaction; must not commit. */
type Migration = (driver: Driver) => void;

/** In order; the n-th one makes version n. Never changed once released, only added to. */
export const migrations: readonly Migration[] = [
  first,
  credentialStores,
  secretKeys,
  taskSubjects,
  planOfChanges,
  outbox,
  keyPairPlaces,
  nodeManagers,
  revokedCertificates,
  leftovers,
  channels,
  notificationPersons,
  taskGroups,
];

export function versionOf(driver: Driver): number {
  return Number(driver.pragma('user_version'));
}

/** Refuses a database that a newer Trustkeep wrote. */
export function refuseFuture(path: string, version: number, known = migrations.length): void {
  if (version <= known) return;
  throw new Failure(
    'database.from-the-future',
    `The database ${path} was written by a newer version of Trustkeep (schema ${version}; this version supports up to ${known}).`,
    {
      hint: 'Install the newer version again, or restore a backup created by this version. The file was not changed.',
    },
  );
}

/** Brings the database up to date, each step in its own transaction with its number. Gives whether anything was done. */
export function migrate(driver: Driver, steps: readonly Migration[] = migrations): boolean {
  const before = versionOf(driver);
  refuseFuture(driver.path, before, steps.length);
  for (const [index, step] of steps.entries()) {
    if (index < before) continue;
    driver.transaction(() => {
      if (versionOf(driver) > index) return; // another process was faster
      step(driver);
      driver.pragma(`user_version = ${index + 1}`);
    });
  }
  return before < steps.length;
}
