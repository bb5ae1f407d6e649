import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import type { Database } from '../../electron/database/database.ts';
import { openDatabase } from '../../electron/database/open.ts';
import { sealedRowsOf } from '../../electron/database/reseal.ts';
import { keyFileKeychain } from '../../electron/secrets/key-file.ts';
import { MasterKey } from '../../electron/secrets/master-key.ts';
import { passphraseKeychain } from '../../electron/secrets/passphrase.ts';

/** The store below `directory` with its master key over it, still locked; every key is in a file there, also that of the system. */
export function openKeyFileStore(directory: string): { database: Database; masterKey: MasterKey } {
  const masterKey = new MasterKey({
    keychains: {
      os: () => keyFileKeychain(join(directory, 'os.key')),
      keyFile: keyFileKeychain,
      passphrase: passphraseKeychain,
    },
    defaultKeyFile: join(directory, 'master.key'),
    log: silentLog,
  });
  const path = join(directory, 'trustkeep.db');
  const database = openDatabase({ path, clock: systemClock, log: silentLog, sealer: masterKey });
  masterKey.attach(database.meta, sealedRowsOf(database, systemClock, silentLog));
  return { database, masterKey };
}
