import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { tempDirectory } from '#test/make/directory.ts';
import { sealedDatabase } from '#test/make/sealed-database.ts';
import { createBackup } from '../../electron/database/encrypted-backup.ts';
import { restoreBackup } from '../../electron/database/restore.ts';
import { Secret } from '../../electron/secrets/secret.ts';

type Machine = Awaited<ReturnType<typeof sealedDatabase>>;
export const phrase = 'correct horse battery';

export let here: Machine;
export let outside: ReturnType<typeof tempDirectory>;
export let file: string;

export function create(machine: Machine, path = file) {
  const { database, masterKey } = machine;
  return createBackup(database, {
    ...{ path, now: Date.UTC(2026, 10, 21), version: '1.2.3' },
    passphrase: Secret.of(phrase),
    withDataKey: (use) => masterKey.withDataKey(use),
  });
}

export function restore(machine: Machine, path = file) {
  return restoreBackup({
    ...{ path, now: Date.now(), databasePath: machine.path },
    passphrase: Secret.of(phrase),
    adopt: (foreign) => machine.masterKey.adopt(foreign),
    by: { origin: 'cli', actor: 'tester' },
  });
}

/** Every test starts with a machine and a place for its backup. */
export function prepareForgery(): void {
  beforeEach(async () => {
    here = await sealedDatabase();
    outside = tempDirectory('forged');
    file = join(outside.path, 'forged.backup');
  });
  afterEach(() => {
    here.database.close();
    here.remove();
    outside.remove();
  });
}
