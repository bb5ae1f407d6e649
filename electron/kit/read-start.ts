import { open } from 'node:fs/promises';
import { readWithoutWaiting } from './open-flags.ts';

/**
 * The bytes of a regular file, at most `limit` of them and one more, which tells that it is larger. Rejects as `node:fs`
 * does; with the code `EISDIR` for whatever else may be there: others may write its folder, and a pipe would hold a thread
 * of the runtime for ever.
 */
export async function readStart(path: string, limit: number): Promise<Buffer> {
  const file = await open(path, readWithoutWaiting);
  try {
    if (!(await file.stat()).isFile())
      throw Object.assign(new Error('not a regular file'), { code: 'EISDIR' });
    const bytes = Buffer.alloc(limit + 1);
    // a file system may give less than it is asked for
    for (let length = 0; ; ) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) return bytes.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
