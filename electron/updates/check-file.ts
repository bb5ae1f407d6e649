import { createHash, timingSafeEqual } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Failure } from '#shared/failure.ts';
import type { Statement } from './statement.ts';

const blockLength = 1024 * 1024;

interface Measured {
  /** Bytes. */
  size: number;
  sha512: Buffer;
}

/** Reads a file once, to its end; each block can be put elsewhere on the way. */
export async function measure(path: string, put?: (block: Buffer) => Promise<void>): Promise<Measured> {
  const hash = createHash('sha512');
  let size = 0;
  for await (const block of createReadStream(path, { highWaterMark: blockLength })) {
    hash.update(block);
    size += block.length;
    await put?.(block);
  }
  return { size, sha512: hash.digest() };
}

/** Rejects with `update.tampered` unless the file has the size and the SHA-512 of the statement. */
export async function refuseTampered(
  path: string,
  statement: Pick<Statement, 'version' | 'size' | 'sha512'>,
): Promise<void> {
  const found = await measure(path).catch(() => null);
  if (found === null || !isSigned(found, statement)) throw tampered(statement);
}

/** Writes the file elsewhere and rejects with `update.tampered` unless what was written is what the statement says. */
export async function copyChecked(
  from: string,
  to: string,
  statement: Statement,
  mode: number,
): Promise<void> {
  const target = await open(to, 'w', mode);
  try {
    const written = await measure(from, (block) => target.appendFile(block));
    if (!isSigned(written, statement)) throw tampered(statement);
    await target.chmod(mode);
    await target.sync();
  } finally {
    await target.close();
  }
}

function isSigned(found: Measured, { size, sha512 }: Pick<Statement, 'size' | 'sha512'>): boolean {
  const wanted = Buffer.from(sha512, 'base64');
  if (found.size !== size || found.sha512.length !== wanted.length) return false;
  return timingSafeEqual(found.sha512, wanted);
}

function tampered({ version }: Pick<Statement, 'version'>): Failure {
  return new Failure('update.tampered', `The file of Trustkeep ${version} is not the one that was signed.`, {
    hint: 'Nothing was installed, and the file is removed. Trustkeep will try again automatically.',
  });
}
