import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '#kit/log.ts';
import { createBackup } from '../../electron/database/encrypted-backup.ts';
import { putRestored } from '../../electron/database/put-restored.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { quickStarting } from './bundle.ts';
import { tempDirectory } from './directory.ts';
import { openKeyFileStore } from './key-file-store.ts';
import { makeChance } from './random.ts';
import { fill, sealedDatabase } from './sealed-database.ts';

const values = 1000;

/**
 * Kills a process that restores a backup of 1,000 values over another store, at random moments. Gives how many restores
 * came to their end, how often the next start found the restored store, and what was wrong.
 */
export async function restoreRounds(
  rounds: number,
  seed: number,
): Promise<{ ends: number; restored: number; findings: string[] }> {
  const chance = makeChance(seed);
  const built = await quickStarting('test/make/restore-child.ts');
  const directory = tempDirectory('restore');
  const store = new Store(directory.path, built.path);
  try {
    await store.prepare();
    const sum = { ends: 0, restored: 0, findings: [] as string[] };
    const start = performance.now();
    sum.ends += await store.killed('the first');
    const usual = performance.now() - start;
    for (let round = 1; round <= rounds; round += 1) {
      const share = 20 + chance.int(140);
      if (round > 1) sum.ends += await store.killed((share / 100) * usual);
      const { isRestored, wrong } = await store.inspect();
      if (isRestored) sum.restored += 1;
      sum.findings.push(...wrong.map((what) => `round ${round}, killed at ${share} % of a restore: ${what}`));
    }
    if (existsSync(join(directory.path, 'data/os.key'))) sum.findings.push('a key was left in the keychain');
    return sum;
  } finally {
    directory.remove();
    await built.remove();
  }
}

/** A store that does not know the backup, with a mark that no backup has. */
class Store {
  readonly #data: string;
  readonly #backup: string;
  readonly #program: string;

  constructor(directory: string, program: string) {
    this.#data = join(directory, 'data');
    this.#backup = join(directory, 'all.backup');
    this.#program = program;
  }

  async prepare(): Promise<void> {
    const there = await sealedDatabase();
    fill(there.database, values);
    await createBackup(there.database, {
      path: this.#backup,
      passphrase: Secret.of('correct horse battery'),
      now: 1,
      version: '1',
      withDataKey: (use) => there.masterKey.withDataKey(use),
    });
    there.database.close();
    there.remove();
    const first = this.#open();
    await first.masterKey.choose('key-file');
    first.database.secrets.put('mine', 'password', Secret.of('before'));
    first.database.close();
  }

  /** Restores again and again until it is killed, so long after its start. Gives how often it got to the end of one. */
  killed(afterMs: number | 'the first'): Promise<number> {
    const child = spawn(process.execPath, [this.#program, this.#data, this.#backup], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [said, wrong] = ['', ''];
    child.stdout.on('data', (part) => {
      if (said === '' && afterMs !== 'the first') setTimeout(() => child.kill('SIGKILL'), afterMs);
      said += part;
      if (afterMs === 'the first' && said.includes('staged')) child.kill('SIGKILL');
    });
    child.stderr.on('data', (part) => {
      wrong += part;
    });
    return new Promise((resolve, reject) => {
      child.once('close', (_code, signal) => {
        if (signal === 'SIGKILL') resolve(said.split('staged').length - 1);
        else reject(new Error(`it ended by itself: ${wrong}`));
      });
    });
  }

  /** What the next start finds: the store before or the whole restored one, and nothing besides. */
  async inspect(): Promise<{ isRestored: boolean; wrong: string[] }> {
    const wrong: string[] = [];
    const { database, masterKey } = this.#open();
    const { state } = await masterKey.unlock();
    if (state !== 'ready') wrong.push(`the keychain is ${state}`);
    const storedAt = (owner: string) => database.secrets.open(owner, 'password')?.text();
    const isRestored = !database.secrets.has('mine', 'password');
    if (isRestored) {
      for (let index = 0; index < values; index += 1)
        if (storedAt(`cr_${index}`) !== `value ${index}`) wrong.push(`value ${index} is missing`);
      if (!database.audit.verify().ok) wrong.push('the audit log does not verify');
      // to see in the next round whether it is the one before or another restored one
      database.secrets.put('mine', 'password', Secret.of('before'));
    } else if (storedAt('mine') !== 'before') wrong.push('the value before is another');
    database.close();
    const left = readdirSync(this.#data).filter((name) => /\.part|\.restored$|master\.key\./.test(name));
    if (left.length > 0) wrong.push(`left over: ${left.join(', ')}`);
    return { isRestored, wrong };
  }

  #open() {
    putRestored(join(this.#data, 'trustkeep.db'), silentLog);
    return openKeyFileStore(this.#data);
  }
}
