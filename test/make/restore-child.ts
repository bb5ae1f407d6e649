/**
 * One agent-like process that restores a backup into the data directory of its first argument and puts it in place, and
 * is killed meanwhile. Run by `restore-rounds.ts`.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { openDatabase } from '../../electron/database/open.ts';
import { putRestored } from '../../electron/database/put-restored.ts';
import { sealedRowsOf } from '../../electron/database/reseal.ts';
import { restoreBackup } from '../../electron/database/restore.ts';
import { keyFileKeychain } from '../../electron/secrets/key-file.ts';
import { MasterKey } from '../../electron/secrets/master-key.ts';
import { passphraseKeychain } from '../../electron/secrets/passphrase.ts';
import { Secret } from '../../electron/secrets/secret.ts';

const [, , directory = '', backup = ''] = process.argv;
const path = join(directory, 'trustkeep.db');

for (;;) {
  writeSync(1, 'start\n');
  putRestored(path, silentLog);
  const masterKey = new MasterKey({
    keychains: {
      os: () => keyFileKeychain(join(directory, 'os.key')),
      keyFile: keyFileKeychain,
      passphrase: passphraseKeychain,
    },
    defaultKeyFile: join(directory, 'master.key'),
    log: silentLog,
  });
  const database = openDatabase({ path, clock: systemClock, log: silentLog, sealer: masterKey });
  masterKey.attach(database.meta, sealedRowsOf(database, systemClock, silentLog));
  const { state } = await masterKey.unlock();
  if (state !== 'ready') throw new Error(`not ready: ${state}`);
  await restoreBackup({
    path: backup,
    passphrase: Secret.of('correct horse battery'),
    databasePath: path,
    now: Date.now(),
    adopt: (foreign) => masterKey.adopt(foreign),
    by: { origin: 'cli', actor: null },
  });
  writeSync(1, 'staged\n');
  database.close();
}
