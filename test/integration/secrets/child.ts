/**
 * An agent's start, as far as secrets go: opens the store, unlocks, does what its second argument says and prints the
 * outcome as one line of JSON. Run with the environment of the keychain it should see. Takes text on standard input.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { makeLog } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import { openDatabase } from '../../../electron/database/open.ts';
import { sealedRowsOf } from '../../../electron/database/reseal.ts';
import { keyFileKeychain } from '../../../electron/secrets/key-file.ts';
import { MasterKey } from '../../../electron/secrets/master-key.ts';
import { osKeychain } from '../../../electron/secrets/os-keychain.ts';
import { passphraseKeychain } from '../../../electron/secrets/passphrase.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const [, , directory = '', what = 'look'] = process.argv;
const typed = what.startsWith('recover') ? readFileSync(0, 'utf8').trim() : '';
const log = makeLog((line) => process.stderr.write(`${line}\n`), 'debug', systemClock.now);
const masterKey = new MasterKey({
  keychains: {
    os: () => osKeychain('trustkeep-test'),
    keyFile: keyFileKeychain,
    passphrase: passphraseKeychain,
  },
  defaultKeyFile: join(directory, 'master.key'),
  log,
});
const database = openDatabase({
  path: join(directory, 'trustkeep.db'),
  clock: systemClock,
  log,
  sealer: masterKey,
});
masterKey.attach(database.meta, sealedRowsOf(database, systemClock, log));

function attempt(): unknown {
  const value = database.secrets.open('ep_1', 'password');
  return value === null ? null : value.text();
}

async function run(): Promise<Record<string, unknown>> {
  const unlocked = await masterKey.unlock();
  switch (what) {
    case 'store':
      database.secrets.put('ep_1', 'password', Secret.of('hunter2hunter2'));
      return { unlocked, recoveryKey: masterKey.takeRecoveryKey() };
    case 'choose key-file':
      return { unlocked, chosen: await masterKey.choose('key-file'), value: attempt() };
    case 'rotate': {
      const rotated = await masterKey.rotate({ commit: (work) => database.transaction(work) });
      return { unlocked, rotated, value: attempt(), recoveryKey: masterKey.takeRecoveryKey() };
    }
    case 'recover':
      return { unlocked, recovered: await masterKey.recover(Secret.of(typed)), value: attempt() };
    default:
      return { unlocked, value: attempt() };
  }
}

const outcome = await run().catch((error: unknown) => ({
  unlocked: masterKey.state(),
  failure: asFailure(error).toData(),
}));
process.stdout.write(JSON.stringify(outcome));
database.close();
