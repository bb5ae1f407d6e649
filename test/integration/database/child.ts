/**
 * One agent-like process for the tests: does what its first argument says on the store of its second, and prints one
 * JSON line for each thing that is done. Run by `start-child.ts`.
 */
import { randomBytes } from 'node:crypto';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import { acquireAgentLock } from '../../../electron/database/agent-lock.ts';
import { migrate, migrations } from '../../../electron/database/migrate.ts';
import { openDatabase, openDriver } from '../../../electron/database/open.ts';
import { Envelope } from '../../../electron/secrets/envelope.ts';
import { anAuditEntry } from '../../make/rows.ts';

const [, , what = '', path = '', ...more] = process.argv;
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const open = () =>
  openDatabase({
    path,
    clock: systemClock,
    log: silentLog,
    sealer: new Envelope(Buffer.alloc(32, 1), '00000000-0000-4000-8000-000000000000'),
  });
const untilKilled = (): void => void setInterval(() => {}, 1000);

/** Two rows that belong together and an audit entry, again and again; each is printed only once it is committed. */
function writeForEver(): void {
  const database = open();
  const from = Number(database.meta.get('left') ?? 0);
  for (let index = from + 1; ; index += 1) {
    database.transaction(() => {
      database.meta.set('left', String(index));
      database.meta.set(`filler ${index % 50}`, randomBytes(2000).toString('hex'));
      database.audit.append(anAuditEntry({ sentence: `Write ${index}.` }));
      database.meta.set('right', String(index));
    });
    say(index);
  }
}

/** Stops in the middle of a migration, with rows written and not committed. */
function hangInMigration(): void {
  const driver = openDriver(path);
  migrate(driver, [
    ...migrations,
    (inside) => {
      inside.exec('ALTER TABLE endpoints RENAME TO old_endpoints; CREATE TABLE endpoints (other)');
      for (let index = 0; index < 5000; index += 1)
        inside.run('INSERT INTO meta (name, value) VALUES (?, ?)', [`half ${index}`, 'x'.repeat(1000)]);
      say('in the middle');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  ]);
}

const work: Record<string, () => void> = {
  'write for ever': writeForEver,
  'hang in migration': hangInMigration,
  'hold the lock': () => {
    acquireAgentLock(path, (more[0] ?? 'headless') as 'headless');
    say('held');
    untilKilled();
  },
  'open and close': () => {
    open().close();
    say('done');
  },
};

try {
  work[what]?.();
} catch (error) {
  say(asFailure(error).toData());
}
