import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readStart } from '#kit/read-start.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { busy } from '#test/make/busy.ts';
import { fill } from '#test/make/sealed-database.ts';
import { readKeyFile } from '../../electron/commands/tools.ts';
import { stagedPath } from '../../electron/database/put-restored.ts';
import { headerLength, newHeader, sealPiece } from '../../electron/secrets/passphrase-stream.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { create, file, here, outside, phrase, prepareForgery, restore } from './forged-backup.ts';

prepareForgery();

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
    await expect(readStart(file, 100)).rejects.toMatchObject({ code: 'EISDIR' });
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
