import { createHash, timingSafeEqual } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Failure } from '#shared/failure.ts';
import type { Statement } from './statement.ts';

const blockLength = 1024 * 1024;

/** Rejects with `update.tampered` unless the file has the size and the SHA-512 of the statement. */
export async function refuseTampered(
  path: string,
  statement: Pick<Statement, 'version' | 'size' | 'sha512'>,
): Promise<void> {
  const found = await measure(path).catch(() => null);
  if (found !== null && found.size === statement.size && isHash(found.hash, statement.sha512)) return;
  throw tampered(statement);
}

/** Writes the file elsewhere and rejects with `update.tampered` unless what was written is what the statement says. */
export async function copyChecked(
  from: string,
  to: string,
  statement: Statement,
  mode: number,
): Promise<void> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'w', mode);
    try {
      const hash = createHash('sha512');
      let size = 0;
      for await (const block of blocksOf(source)) {
        hash.update(block);
        size += block.length;
        await target.appendFile(block);
      }
      if (size !== statement.size || !isHash(hash.digest(), statement.sha512)) throw tampered(statement);
      await target.chmod(mode);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function measure(path: string): Promise<{ size: number; hash: Buffer }> {
  const file = await open(path, 'r');
  try {
    const hash = createHash('sha512');
    let size = 0;
    for await (const block of blocksOf(file)) {
      hash.update(block);
      size += block.length;
    }
    return { size, hash: hash.digest() };
  } finally {
    await file.close();
  }
}

async function* blocksOf(file: Awaited<ReturnType<typeof open>>): AsyncGenerator<Buffer> {
  const block = Buffer.alloc(blockLength);
  for (;;) {
    const { bytesRead } = await file.read(block, 0, blockLength);
    if (bytesRead === 0) return;
    yield block.subarray(0, bytesRead);
  }
}

function isHash(found: Buffer, wanted: string): boolean {
  const bytes = Buffer.from(wanted, 'base64');
  return bytes.length === found.length && timingSafeEqual(bytes, found);
}

function tampered({ version }: Pick<Statement, 'version'>): Failure {
  return new Failure('update.tampered', `The file of Trustkeep ${version} is not the one that was signed.`, {
    hint: 'Nothing was installed, and the file is removed. Trustkeep will try again automatically.',
  });
}
