/**
 * One agent-like process that restores a backup into the data directory of its first argument and puts it in place, and
 * is killed meanwhile. Run by `restore-rounds.ts`.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '#kit/log.ts';
import { putRestored } from '../../electron/database/put-restored.ts';
import { restoreBackup } from '../../electron/database/restore.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { openKeyFileStore } from './key-file-store.ts';

const [, , directory = '', backup = ''] = process.argv;
const path = join(directory, 'trustkeep.db');

for (;;) {
  writeSync(1, 'start\n');
  putRestored(path, silentLog);
  const { database, masterKey } = openKeyFileStore(directory);
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
