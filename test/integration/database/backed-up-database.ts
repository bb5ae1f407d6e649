import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { sealedDatabase } from '#test/make/sealed-database.ts';
import { createBackup } from '../../../electron/database/encrypted-backup.ts';
import { putRestored } from '../../../electron/database/put-restored.ts';
import { restoreBackup } from '../../../electron/database/restore.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

export type Machine = Awaited<ReturnType<typeof sealedDatabase>>;

export const phrase = 'correct horse battery';
export const madeAt = Date.UTC(2026, 10, 21);

export let here: Machine;
export let there: Machine;
export let outside: ReturnType<typeof tempDirectory>;

export const file = (name = 'all.backup') => join(outside.path, name);

export function create(machine: Machine, path = file()): Promise<{ bytes: number }> {
  return createBackup(machine.database, {
    path,
    passphrase: Secret.of(phrase),
    now: madeAt,
    version: '1.2.3',
    withDataKey: (use) => machine.masterKey.withDataKey(use),
  });
}

export function restore(machine: Machine, path = file(), passphrase = phrase, now = Date.now()) {
  return restoreBackup({
    path,
    passphrase: Secret.of(passphrase),
    databasePath: machine.path,
    now,
    adopt: (foreign) => machine.masterKey.adopt(foreign),
    by: { origin: 'cli', actor: 'tester' },
  });
}

/** The next start of the program on that machine. */
export async function restart(machine: Machine) {
  machine.database.close();
  putRestored(machine.path, silentLog);
  const next = machine.start();
  Object.assign(machine, next);
  return next.masterKey.unlock();
}

export const value = (machine: Machine, index: number) =>
  machine.database.secrets.open(`cr_${index}`, 'password')?.text();
export const names = (machine: Machine) => readdirSync(join(machine.path, '..')).sort();

/** Every test starts with two machines with stores of their own. */
export function prepareMachines(): void {
  vi.setConfig({ testTimeout: 240_000 }); // each passphrase costs a good part of a second, on a slow machine seconds
  beforeEach(async () => {
    [here, there] = await Promise.all([sealedDatabase(), sealedDatabase()]);
    outside = tempDirectory('backup');
  });
  afterEach(() => {
    for (const machine of [here, there]) {
      machine.database.close();
      machine.remove();
    }
    outside.remove();
  });
}
