/**
 * One agent-like process that rotates the master key of the store in its first argument, and kills itself at the point
 * of its second, or goes on for ever. Meanwhile it stores values, and prints each once it is committed. Run by
 * `rotate-kill.long.test.ts`.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { openDatabase } from '../../../electron/database/open.ts';
import { sealedRowsOf } from '../../../electron/database/reseal.ts';
import { keyFileKeychain } from '../../../electron/secrets/key-file.ts';
import type { Keychain } from '../../../electron/secrets/keychain.ts';
import { MasterKey } from '../../../electron/secrets/master-key.ts';
import { passphraseKeychain } from '../../../electron/secrets/passphrase.ts';
import type { SealedRows } from '../../../electron/secrets/sealed-rows.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { anAuditEntry } from '../../make/rows.ts';

const [, , directory = '', point = ''] = process.argv;

/** Not a signal sent and answered later: nothing after this line is carried out. */
function at(name: string): void {
  if (name !== point) return;
  writeSync(1, `at ${name}\n`);
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function watched(keychain: Keychain): Keychain {
  return {
    kind: keychain.kind,
    get: (keyId) => keychain.get(keyId),
    async set(keyId, key) {
      at('before the keychain is written');
      await keychain.set(keyId, key);
      at('after the keychain is written');
    },
    async remove(keyId) {
      at('before the old key is removed');
      await keychain.remove(keyId);
      at('after the old key is removed');
    },
  };
}

let slices = 0;

function slice(): true {
  slices += 1;
  if (slices === 4) at('in the middle of the slices');
  return true;
}

function watchedRows(rows: SealedRows): SealedRows {
  return {
    async prepare(from, to) {
      const prepared = await rows.prepare(from, to);
      at('after the rows are prepared');
      return {
        change() {
          at('at the begin of the transaction');
          const done = prepared.change();
          at('after the rows are counted');
          return done;
        },
        async write(goOn) {
          at('after the transaction');
          const whole = await prepared.write(() => slice() && goOn());
          at('after the rows are written');
          return whole;
        },
      };
    },
    async finish(envelope, goOn) {
      const whole = await rows.finish(envelope, goOn);
      at('after the rows are finished');
      return whole;
    },
    settle() {
      at('before the log is cut');
      rows.settle();
      at('after the log is cut');
    },
  };
}

const masterKey = new MasterKey({
  keychains: {
    os: () => watched(keyFileKeychain(join(directory, 'os.key'))),
    keyFile: (path) => watched(keyFileKeychain(path)),
    passphrase: passphraseKeychain,
  },
  defaultKeyFile: join(directory, 'master.key'),
  log: silentLog,
});
const database = openDatabase({
  path: join(directory, 'trustkeep.db'),
  clock: systemClock,
  log: silentLog,
  sealer: masterKey,
});
const { meta } = database;
const store = {
  get: (name: string) => meta.get(name),
  hasSealed: () => meta.hasSealed(),
  set(name: string, value: string) {
    meta.set(name, value);
    at(value.includes('"leftovers":[]') ? 'after the notes are cleared' : 'after the notes are written');
  },
};
masterKey.attach(store, watchedRows(sealedRowsOf(database, systemClock, silentLog)));
const { state } = await masterKey.unlock();
if (state !== 'ready') throw new Error(`not ready: ${state}`);

let count = Number(database.secrets.open('live', 'count')?.text() ?? 0);
const write = (): void => {
  count += 1;
  database.secrets.put('live', 'count', Secret.of(String(count)));
  writeSync(1, `${count}\n`);
  setImmediate(write);
};
write();
for (;;) {
  await masterKey.rotate({
    commit: (work) =>
      database.transaction(() => {
        const done = work();
        database.audit.append(anAuditEntry({ action: 'secrets.rotate' }));
        at('before the commit');
        return done;
      }),
  });
  writeSync(1, 'rotated\n');
}
