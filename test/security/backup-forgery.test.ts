/**
 * The attack: somebody hands over a file as a backup, without knowing the passphrase; may make files beside the database;
 * or waits until an old state is brought back, in which something was approved. They want a database of theirs in the place
 * of ours, memory and time of the machine, a thread that waits for ever, or a change carried out that nobody wants any more.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { startAgent } from '#test/make/agent.ts';
import { busy } from '#test/make/busy.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { anApproval, anEndpoint, anOrder, aTask } from '#test/make/rows.ts';
import { fill, sealedStore } from '#test/make/sealed-store.ts';
import { sealYes } from '../../electron/agent/steps/seal-yes.ts';
import { readKeyFile } from '../../electron/commands/tools.ts';
import { createBackup } from '../../electron/database/encrypted-backup.ts';
import { putRestored, stagedPath } from '../../electron/database/put-restored.ts';
import { restoreBackup } from '../../electron/database/restore.ts';
import { readSecretFile } from '../../electron/providers/credential-stores/hashicorp/secret-file.ts';
import { headerLength, newHeader, sealPiece } from '../../electron/secrets/passphrase-stream.ts';
import { Secret } from '../../electron/secrets/secret.ts';

type Machine = Awaited<ReturnType<typeof sealedStore>>;
const phrase = 'correct horse battery';

let here: Machine;
let outside: ReturnType<typeof tempDirectory>;
let file: string;
beforeEach(async () => {
  here = await sealedStore();
  outside = tempDirectory('forged');
  file = join(outside.path, 'forged.backup');
});
afterEach(() => {
  here.database.close();
  here.remove();
  outside.remove();
});

function create(machine: Machine, path = file) {
  const { database, masterKey } = machine;
  return createBackup(database, {
    ...{ path, now: Date.UTC(2026, 10, 21), version: '1.2.3' },
    passphrase: Secret.of(phrase),
    withDataKey: (use) => masterKey.withDataKey(use),
  });
}

function restore(machine: Machine, path = file) {
  return restoreBackup({
    ...{ path, now: Date.now(), databasePath: machine.path },
    passphrase: Secret.of(phrase),
    adopt: (store) => machine.masterKey.adopt(store),
    by: { origin: 'cli', actor: 'tester' },
  });
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return asFailure(await work.then(() => 'nothing failed').catch((thrown: unknown) => thrown));
}

/** Header checksum made right again, as anybody can. */
function withChecksum(bytes: Buffer): Buffer {
  createHash('sha256').update(bytes.subarray(0, 60)).digest().copy(bytes, 60, 0, 8);
  return bytes;
}

/** Well-formed, of no database, and quick to open: its header says that it costs little. */
async function cheaplyMade(passphrase: string): Promise<Buffer> {
  const text = Buffer.alloc(200_000, 'x');
  const cheap = { log2N: 10, r: 1, p: 1 };
  const { header, keys } = await newHeader(Secret.of(passphrase), text.length, cheap);
  const parts = [0, 65_536, 131_072, 196_608].map((at, index) =>
    sealPiece(keys, header, index, text.subarray(at, at + 65_536)),
  );
  return Buffer.concat([header.bytes, ...parts]);
}

describe('a forged backup', () => {
  test('made under another passphrase, or with the header of a true one, is refused and nothing is left', async () => {
    fill(here.database, 50);
    await create(here);
    const good = readFileSync(file);
    const own = await cheaplyMade('of the attacker');
    const files: [Buffer, string][] = [
      [own, 'backup.wrong-passphrase'],
      // the true header before pieces of the attacker's
      [Buffer.concat([good.subarray(0, headerLength), own.subarray(headerLength)]), 'backup.'],
      // two true ones one behind the other
      [Buffer.concat([good, good]), 'backup.damaged'],
      [Buffer.concat([good, randomBytes(100)]), 'backup.damaged'],
      // a true one that says it costs less to guess
      [
        withChecksum(Buffer.concat([good.subarray(0, 17), Buffer.of(10, 1, 1), good.subarray(20)])),
        'backup.wrong-passphrase',
      ],
    ];
    for (const [bytes, code] of files) {
      writeFileSync(file, bytes);
      expect((await failureOf(restore(here))).code).toContain(code);
      expect(existsSync(stagedPath(here.path))).toBe(false);
    }
    expect(here.database.secrets.open('cr_7', 'password')?.text()).toBe('value 7');
  });

  test.each([
    [63, 8, 1],
    [20, 8, 1],
    [19, 255, 1],
    [19, 8, 255],
    [0, 8, 1],
    [17, 0, 1],
    [17, 8, 0],
  ])('that asks for a cost of 2^%i, %i, %i is refused before anything is tried', async (log2N, r, p) => {
    const bytes = await cheaplyMade(phrase);
    bytes.set([log2N, r, p], 17);
    writeFileSync(file, withChecksum(bytes));
    const { took } = await busy(async () => {
      expect((await failureOf(restore(here))).code).toBe('backup.damaged');
    });
    expect(took).toBeLessThan(200);
  });

  test('that says it is longer than any disk is refused', async () => {
    const bytes = await cheaplyMade(phrase);
    for (const length of [2n ** 63n, 2n ** 53n - 1n, 2n ** 40n]) {
      bytes.writeBigUInt64BE(length, 52);
      writeFileSync(file, withChecksum(bytes));
      expect((await failureOf(restore(here))).code).toMatch(/^backup\.(damaged|wrong-passphrase)$/);
    }
  });
});

describe.skipIf(process.platform === 'win32')('a pipe in the place of a file', () => {
  test('is not waited for, whatever reads it', { timeout: 10_000 }, async () => {
    execFileSync('mkfifo', [file]);
    expect((await failureOf(restore(here))).code).toBe('backup.not-a-backup');
    expect((await failureOf(readKeyFile(file))).code).toBe('key-file.unreadable');
    await expect(readSecretFile(file, 100)).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

describe.skipIf(process.platform === 'win32')('a backup is written', () => {
  test('through no link that somebody laid where it goes, and for nobody else to read', async () => {
    const victim = join(outside.path, 'victim');
    symlinkSync(victim, file);
    expect((await failureOf(create(here))).code).toBe('backup.exists');
    expect(existsSync(victim)).toBe(false);
    const other = join(outside.path, 'other.backup');
    const mask = process.umask(0);
    try {
      await create(here, other);
    } finally {
      process.umask(mask);
    }
    expect(statSync(other).mode & 0o777).toBe(0o600);
  });
});

describe.skipIf(process.platform === 'win32')(
  'a database that somebody lays where a restored one waits',
  () => {
    async function foreign(): Promise<string> {
      const theirs = await sealedStore();
      theirs.database.endpoints.insert(anEndpoint({ name: 'theirs' }));
      theirs.database.close();
      const path = join(outside.path, 'theirs.db');
      copyFileSync(theirs.path, path);
      chmodSync(path, 0o600);
      theirs.remove();
      return path;
    }

    test.each<[string, (path: string, staged: string) => void]>([
      ['as a link', (path, staged) => symlinkSync(path, staged)],
      [
        'writable for others',
        (path, staged) => {
          renameSync(path, staged);
          chmodSync(staged, 0o666);
        },
      ],
      ...(process.geteuid?.() === 0
        ? [
            [
              'as another user',
              (path: string, staged: string) => {
                renameSync(path, staged);
                chownSync(staged, 12345, 12345);
              },
            ] as [string, (path: string, staged: string) => void],
          ]
        : []),
    ])('%s is not taken', async (_, lay) => {
      here.database.endpoints.insert(anEndpoint({ name: 'ours' }));
      lay(await foreign(), stagedPath(here.path));
      here.database.close();
      putRestored(here.path, silentLog);
      Object.assign(here, here.start());
      expect(here.database.endpoints.find('ours')).not.toBeNull();
      expect(here.database.endpoints.find('theirs')).toBeNull();
    });

    test('does not have a key removed by what its notes call left over', async () => {
      await create(here);
      const staged = stagedPath(here.path);
      const other = await sealedStore();
      other.database.close();
      copyFileSync(other.path, staged);
      chmodSync(staged, 0o666);
      other.remove();
      const removed: string[] = [];
      const { remove } = here.os;
      here.os.remove = async (id) => {
        removed.push(id);
        await remove.call(here.os, id);
      };
      await restore(here);
      expect(removed).toEqual([]);
    });
  },
);

describe('what was approved when a backup was made', () => {
  test('is not carried out by who restores it, and what was being changed is left for a person to look at', async () => {
    const source = tempDirectory('restored-source');
    const agent = await startAgent({ dataDirectory: source.path });
    const { database, masterKey } = agent;
    const path = join(source.path, 'trustkeep.db');
    const approved = aTask({ state: 'waiting', waitingFor: 'authority', wakeAt: Date.now() + 3_600_000 });
    const asked = aTask({ state: 'waiting', waitingFor: 'approval', nodeId: 'node_2' });
    const changing = aTask({ state: 'running', nodeId: 'node_3' });
    changing.memory.changing = true;
    const done = aTask({ state: 'succeeded', nodeId: 'node_4', finishedAt: 1 });
    const yes = anApproval({ taskId: approved.task.id, state: 'approved' });
    const open = anApproval({ taskId: asked.task.id });
    database.transaction(() => {
      for (const row of [approved, asked, changing, done])
        database.tasks.insert({ ...row, memory: { ...row.memory, input: { reason: 'request' } } });
      database.approvals.insert(yes);
      database.approvals.insert(open);
      sealYes(database, yes);
      database.orders.insert(anOrder({ taskId: approved.task.id, state: 'pending' }));
    });
    await createBackup(database, {
      ...{ path: file, now: Date.UTC(2026, 10, 21), version: '1' },
      passphrase: Secret.of(phrase),
      withDataKey: (use) => masterKey.withDataKey(use),
    });
    await restoreBackup({
      ...{ path: file, now: Date.now(), databasePath: path },
      passphrase: Secret.of(phrase),
      adopt: (store) => masterKey.adopt(store),
      by: { origin: 'cli', actor: 'tester' },
    });
    await agent.close();

    const next = await startAgent({ dataDirectory: source.path });
    try {
      const now = (id: string) => next.database.tasks.get(id)?.task;
      const failure = { code: 'task.restored' };
      expect(now(approved.task.id)).toMatchObject({ state: 'cancelled', failure, restored: 'not-needed' });
      expect(now(asked.task.id)).toMatchObject({ state: 'cancelled', failure });
      expect(now(changing.task.id)).toMatchObject({ state: 'failed', failure, restored: 'failed' });
      expect(now(done.task.id)).toMatchObject({ state: 'succeeded', failure: null });
      expect(next.database.approvals.ofTask(asked.task.id)?.state).toBe('superseded');
      expect(next.database.secrets.has(yes.id, 'yes')).toBe(false);
      expect(next.database.orders.ofTask(approved.task.id)?.state).toBe('abandoned');
      const told = next.database.audit.list(undefined, 20).map(({ action }) => action);
      expect(told.filter((action) => action === 'task.cancelled').length).toBe(2);
      expect(next.database.audit.verify()).toMatchObject({ ok: true });
      // once: what is begun from now on goes on after the next start
      const own = aTask({ state: 'waiting', waitingFor: 'approval', nodeId: 'node_5' });
      next.database.tasks.insert({ ...own, memory: { ...own.memory, input: { reason: 'request' } } });
      await next.close();
      const third = await startAgent({ dataDirectory: source.path });
      expect(third.database.tasks.get(own.task.id)?.task.state).toBe('waiting');
      await third.close();
    } finally {
      await next.close();
      source.remove();
    }
  });
});
