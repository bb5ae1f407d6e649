import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { locked } from '../electron/lock.ts';
import { root } from '../electron/paths.ts';
import { run } from '../electron/run.ts';

/** Kept between builds; `npm ci` empties it. */
const kept = join(root, 'node_modules', '.cache', 'packages');

/**
 * The folder of a package that this machine did not install, because it is for another system. Fetched once by npm,
 * from wherever npm is set up to fetch, and refused when it is not what the integrity (`sha512-…`) says.
 */
export async function fetchPackage(name: string, version: string, integrity: string): Promise<string> {
  const folder = join(kept, `${name.replace('/', '-')}-${version}`);
  await locked(`${folder}.lock`, async () => {
    if (existsSync(join(folder, 'package.json'))) return;
    await mkdir(kept, { recursive: true });
    const work = await mkdtemp(join(kept, 'fetching-'));
    try {
      await run(['npm', 'pack', `${name}@${version}`, '--pack-destination', work], { cwd: work });
      const [archive] = (await readdir(work)).filter((file) => file.endsWith('.tgz'));
      if (archive === undefined) throw new Error(`npm pack ${name}@${version} left no file`);
      const got = `sha512-${await hashOf(join(work, archive), 'sha512', 'base64')}`;
      if (got !== integrity) throw new Error(`${name}@${version} is ${got}, but must be ${integrity}`);
      await run(['tar', '-xzf', join(work, archive), '-C', work]);
      await rm(folder, { recursive: true, force: true });
      await rename(join(work, 'package'), folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return folder;
}

/** What the lock file says of a package. */
export async function lockedPackage(name: string): Promise<{ version: string; integrity: string }> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const found = packages[`node_modules/${name}`];
  if (found === undefined) throw new Error(`package-lock.json has no ${name}`);
  return found;
}

/** The hash of a file, read as a stream. */
export async function hashOf(
  file: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest(encoding);
}

/** The folder of an installed package, wherever npm put it. Null when it is not installed. */
export function installedPackage(name: string, beside: string): string | null {
  for (let at = beside; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (at === dirname(at)) return null;
  }
}
