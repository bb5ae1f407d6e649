import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { openDatabase } from '../../../electron/database/open.ts';
import { sealedRowsOf } from '../../../electron/database/reseal.ts';
import { keyFileKeychain } from '../../../electron/secrets/key-file.ts';
import { MasterKey } from '../../../electron/secrets/master-key.ts';
import { passphraseKeychain } from '../../../electron/secrets/passphrase.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { type Bundle, quickStarting } from '../../make/bundle.ts';
import { tempDirectory } from '../../make/directory.ts';
import { anAuditEntry } from '../../make/rows.ts';

const values = 3000;

let child: Bundle;
let directory: ReturnType<typeof tempDirectory>;
beforeAll(async () => {
  child = await quickStarting('test/integration/secrets/rotate-child.ts');
  directory = tempDirectory('rotate');
  const { database, masterKey } = open();
  await masterKey.choose('key-file');
  database.audit.append(anAuditEntry());
  database.transaction(() => {
    for (let index = 0; index < values; index += 1)
      database.secrets.put(`cr_${index}`, 'password', Secret.of(`value ${index}`));
  });
  database.close();
});
afterAll(async () => {
  await child.remove();
  directory.remove();
});

const keyFile = () => join(directory.path, 'master.key');

function open() {
  const masterKey = new MasterKey({
    keychains: {
      os: () => keyFileKeychain(join(directory.path, 'os.key')),
      keyFile: keyFileKeychain,
      passphrase: passphraseKeychain,
    },
    defaultKeyFile: keyFile(),
    log: silentLog,
  });
  const path = join(directory.path, 'trustkeep.db');
  const database = openDatabase({ path, clock: systemClock, log: silentLog, sealer: masterKey });
  masterKey.attach(database.meta, sealedRowsOf(database, systemClock, silentLog));
  return { database, masterKey };
}

/** Ends by itself at the point, or is killed so long after it began or after its first rotation. Gives what it said. */
function run(point: string, kill?: { after: 'its begin' | 'a rotation'; ms: number }): Promise<string[]> {
  const running = spawn(process.execPath, [child.path, directory.path, point], {
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

const keyId = (notes: string | null): string => JSON.parse(notes ?? '{}').keyId;

/** Everything opens, nothing is left over. Gives which key is in use now. */
async function look(said: readonly string[]): Promise<string> {
  const { database, masterKey } = open();
  try {
    expect(await masterKey.unlock()).toMatchObject({ state: 'ready' });
    for (let index = 0; index < values; index += 1)
      expect(database.secrets.open(`cr_${index}`, 'password')?.text()).toBe(`value ${index}`);
    const acknowledged = Math.max(0, ...said.map(Number).filter(Number.isInteger));
    expect(Number(database.secrets.open('live', 'count')?.text() ?? 0)).toBeGreaterThanOrEqual(acknowledged);
    expect(database.audit.verify()).toMatchObject({ ok: true });
    const notes = database.meta.get('secrets.key');
    expect(JSON.parse(notes ?? '')).toMatchObject({ leftovers: [], before: null });
    const kept = readFileSync(keyFile(), 'utf8').match(/^trustkeep-key ([0-9a-f]+)/gm) ?? [];
    expect(kept).toEqual([`trustkeep-key ${keyId(notes)}`]);
    // nothing that was on its way into the key file either
    expect(readdirSync(directory.path).filter((name) => name.startsWith('master.key.'))).toEqual([]);
    return keyId(notes);
  } finally {
    database.close();
  }
}

const points: [string, 'old' | 'new'][] = [
  ['after the notes are written', 'old'],
  ['before the keychain is written', 'old'],
  ['after the keychain is written', 'old'],
  ['after the rows are prepared', 'old'],
  ['at the begin of the transaction', 'old'],
  ['after the rows are counted', 'old'],
  ['before the commit', 'old'],
  ['after the transaction', 'new'],
  ['in the middle of the slices', 'new'],
  ['after the rows are written', 'new'],
  ['after the rows are finished', 'new'],
  ['before the log is cut', 'new'],
  ['after the log is cut', 'new'],
  ['before the old key is removed', 'new'],
  ['after the old key is removed', 'new'],
  ['after the notes are cleared', 'new'],
];

test.each(points)(
  'Killed %s, everything opens under the %s key and nothing is left over',
  async (point, which) => {
    const before = await look([]);
    const said = await run(point);
    expect(said).toContain(`at ${point}`);
    const after = await look(said);
    if (which === 'old') expect(after).toBe(before);
    else expect(after).not.toBe(before);
  },
  120_000,
);

test('Killed at any moment, again and again, everything opens and nothing is left over', {
  timeout: 600_000,
}, async () => {
  const rounds = 24;
  let rotated = 0;
  for (let round = 0; round < rounds; round += 1) {
    const after = round % 2 === 0 ? 'its begin' : 'a rotation';
    const said = await run('never', { after, ms: Math.floor(Math.random() * 500) });
    await look(said);
    rotated += said.filter((line) => line === 'rotated').length;
  }
  expect(rotated).toBeGreaterThanOrEqual(rounds / 2); // it was killed while it rotated, not before
  expect(existsSync(join(directory.path, 'os.key'))).toBe(false);
});
