import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../electron/database/database.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { type Bundle, quickStarting } from './bundle.ts';
import { tempDirectory } from './directory.ts';
import { openKeyFileStore } from './key-file-store.ts';
import { anAuditEntry } from './rows.ts';

const values = 3000;

/** When the process that rotates is killed from outside; without it, it kills itself at its point. */
interface Kill {
  after: 'its begin' | 'a rotation';
  ms: number;
}

export interface RotationDatabase {
  path: string;
  /** Rotates in a process of its own, to its end by a kill. Gives what it said. */
  run(point: string, kill?: Kill): Promise<string[]>;
  /** Everything opens, nothing is left over, or it throws. Gives which key is in use now, and whether rows were left to it. */
  inspect(said: readonly string[]): Promise<{ keyId: string; unfinished: boolean }>;
  remove(): Promise<void>;
}

/** A store with a key file and 3,000 values, and `rotate-child.ts` over it. */
export async function rotationDatabase(): Promise<RotationDatabase> {
  const child = await quickStarting('test/integration/secrets/rotate-child.ts');
  const directory = tempDirectory('rotate');
  const { database, masterKey } = openKeyFileStore(directory.path);
  await masterKey.choose('key-file');
  database.audit.append(anAuditEntry());
  database.transaction(() => {
    for (let index = 0; index < values; index += 1)
      database.secrets.put(`cr_${index}`, 'password', Secret.of(`value ${index}`));
  });
  database.close();
  return {
    path: directory.path,
    run: (point, kill) => run(child, directory.path, point, kill),
    inspect: (said) => inspect(directory.path, said),
    async remove() {
      await child.remove();
      directory.remove();
    },
  };
}

function run(child: Bundle, directory: string, point: string, kill?: Kill): Promise<string[]> {
  const running = spawn(process.execPath, [child.path, directory, point], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [said, wrong, waiting] = ['', '', kill !== undefined];
  running.stdout.on('data', (part) => {
    said += part;
    if (!waiting || (kill?.after === 'a rotation' && !said.includes('rotated'))) return;
    waiting = false;
    setTimeout(() => running.kill('SIGKILL'), kill?.ms);
  });
  running.stderr.on('data', (part) => {
    wrong += part;
  });
  return new Promise((resolve, reject) => {
    running.once('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`it ended by itself: ${wrong}`));
      // the last line may be half of one
      resolve(
        said
          .slice(0, said.lastIndexOf('\n') + 1)
          .split('\n')
          .filter(Boolean),
      );
    });
  });
}

async function inspect(
  directory: string,
  said: readonly string[],
): Promise<{ keyId: string; unfinished: boolean }> {
  const { database, masterKey } = openKeyFileStore(directory);
  try {
    const unfinished = notesOf(database).before !== null;
    assert.equal((await masterKey.unlock()).state, 'ready');
    for (let index = 0; index < values; index += 1)
      assert.equal(database.secrets.open(`cr_${index}`, 'password')?.text(), `value ${index}`);
    const acknowledged = Math.max(0, ...said.map(Number).filter(Number.isInteger));
    assert.ok(Number(database.secrets.open('live', 'count')?.text() ?? 0) >= acknowledged, 'a value is lost');
    assert.equal(database.audit.verify().ok, true);
    const { leftovers, before, keyId } = notesOf(database);
    assert.deepEqual({ leftovers, before }, { leftovers: [], before: null });
    const kept = readFileSync(join(directory, 'master.key'), 'utf8').match(/^trustkeep-key ([0-9a-f]+)/gm);
    assert.deepEqual(kept, [`trustkeep-key ${keyId}`]);
    // nothing that was on its way into the key file either
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.startsWith('master.key.')),
      [],
    );
    return { keyId, unfinished };
  } finally {
    database.close();
  }
}

function notesOf(database: Database): { leftovers: unknown[]; before: string | null; keyId: string } {
  return JSON.parse(database.meta.get('secrets.key') ?? '{}');
}
