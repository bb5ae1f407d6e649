import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/** Unpacks those files of a zip for which `place` gives a path under `target`; keeps the executable bits. */
export async function unpack(
  zipFile: string,
  target: string,
  place: (name: string) => string | null,
): Promise<void> {
  const zip = await openPromise(zipFile, { lazyEntries: true });
  try {
    for await (const entry of zip.eachEntry()) {
      const name = place(entry.fileName);
      if (name === null || entry.fileName.endsWith('/')) continue;
      const path = normalize(join(target, name));
      if (!path.startsWith(target + sep)) throw new Error(`${entry.fileName} leads out of the archive`);
      await mkdir(dirname(path), { recursive: true });
      const mode = (entry.externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { mode }));
    }
  } finally {
    zip.close();
  }
}
