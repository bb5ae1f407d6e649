import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openDriver } from '../../electron/database/open.ts';
import { startAgent, type TestAgent, tempDirectory } from './agent.ts';
import { JumpingClock } from './clock.ts';
import { MappedHost } from './mapped-host.ts';

/** What `test/filled-databases/` holds of a store that an older Trustkeep filled: the database as SQL, its key, the files of its host. */
interface FilledDatabase {
  /** Of the schema. */
  version: number;
  facts: FilledFacts;
  /** Content of the key file. */
  key: string;
  files: Record<string, { mode: number; base64: string }>;
  sql: string[];
}

/** Ids of its tasks, by the state they were left in, and what its audit chain was. */
interface FilledFacts extends Record<TaskName, string> {
  /** When it was filled, epoch milliseconds. */
  at: number;
  audit: { ok: boolean; entries: number; firstBad: null; head: string };
}

type TaskName =
  | 'done'
  | 'rejected'
  | 'asked'
  | 'undone'
  | 'approved'
  | 'queued'
  | 'discovery'
  | 'restart'
  | 'failed'
  | 'warned'
  | 'atAuthority'
  | 'locked';

/** Where the files of the host are in what was stored. */
const hostDirectory = '/srv/filled';

/** Puts such a store and its host into directories of their own. */
export function layDown(version: number) {
  const data = tempDirectory('filled-data');
  const host = tempDirectory('filled-host');
  const source = join(import.meta.dirname, `../filled-databases/version-${version}.json`);
  const filled = JSON.parse(readFileSync(source, 'utf8')) as FilledDatabase;
  writeFileSync(join(data.path, 'master.key'), filled.key, { mode: 0o600 });
  const path = join(data.path, 'trustkeep.db');
  writeFileSync(path, '', { mode: 0o600 });
  const driver = openDriver(path);
  driver.exec(filled.sql.join('\n'));
  driver.close();
  const placeOf = (file: string): string => join(host.path, file.slice(hostDirectory.length));
  for (const [file, { mode, base64 }] of Object.entries(filled.files)) {
    mkdirSync(dirname(placeOf(file)), { recursive: true });
    writeFileSync(placeOf(file), Buffer.from(base64, 'base64'));
    chmodSync(placeOf(file), mode);
  }
  const clock = new JumpingClock();
  clock.jump(filled.facts.at + 60_000 - Date.now());
  return {
    filled,
    path,
    clock,
    /** Content of a file of the host, now. */
    content: (file: string): Buffer => readFileSync(placeOf(file)),
    /** A whole agent over it, a minute after it was filled. */
    start: (): Promise<TestAgent> =>
      startAgent({
        dataDirectory: data.path,
        overrides: { clock, connection: (real) => new MappedHost(real, hostDirectory, host.path) },
      }),
    remove() {
      data.remove();
      host.remove();
    },
  };
}
