import { join } from 'node:path';
import { type Clock, systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { openDatabase } from '../../electron/database/open.ts';
import { sealedRowsOf } from '../../electron/database/reseal.ts';
import type { SqliteDatabase } from '../../electron/database/sqlite-database.ts';
import { MasterKey } from '../../electron/secrets/master-key.ts';
import { passphraseKeychain } from '../../electron/secrets/passphrase.ts';
import type { Resealed, SealedRows } from '../../electron/secrets/sealed-rows.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { tempDirectory } from './directory.ts';
import { Drawer } from './master-key.ts';

/** A store on disk with a master key over it, as compose joins them; the keychains are drawers in memory. */
export async function sealedDatabase(options: { directory?: string } = {}) {
  const temporary = tempDirectory('sealed');
  const path = join(options.directory ?? temporary.path, 'trustkeep.db');
  const os = new Drawer('os-keychain');
  const file = new Drawer('key-file');
  const start = (rows: (real: SealedRows) => SealedRows = (real) => real, clock: Clock = systemClock) => {
    const masterKey = new MasterKey({
      keychains: { os: () => os, keyFile: () => file, passphrase: passphraseKeychain },
      defaultKeyFile: '/data/master.key',
      log: silentLog,
    });
    const database = openDatabase({
      path,
      clock: systemClock,
      log: silentLog,
      sealer: masterKey,
    }) as SqliteDatabase;
    masterKey.attach(database.meta, rows(sealedRowsOf(database, clock, silentLog)));
    const rotate = (passphrase?: string): Promise<Resealed> =>
      masterKey.rotate({
        passphrase: passphrase === undefined ? undefined : Secret.of(passphrase),
        commit: (work) => database.transaction(work),
      });
    return { masterKey, database, driver: database.driver, rotate };
  };
  const first = start();
  await first.masterKey.unlock();
  return { ...first, os, file, path, start, remove: () => temporary.remove() };
}

/** Puts `count` values of an owner each. */
export function fill(database: SqliteDatabase, count: number, from = 0): void {
  database.transaction(() => {
    for (let index = from; index < from + count; index++)
      database.secrets.put(`cr_${index}`, 'password', Secret.of(`value ${index}`));
  });
}
