import { cp, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../electron/run.ts';
import { sourceDate } from './date.ts';

/**
 * Packs a folder as `<name>/…` into a `.tar.gz`: entries sorted, of no one in particular, all of one date, so that the same
 * folder makes the same archive. `fast`: hardly compressed.
 */
export async function writeTarGz(folder: string, name: string, to: string, fast = false): Promise<void> {
  const work = await mkdtemp(join(dirname(to), '.archive-'));
  try {
    const tar = join(work, 'archive.tar');
    await run([
      'tar',
      ...['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'],
      ...[`--mtime=@${sourceDate()}`, `--transform=s,^\\.,${name},rSh`, '-cf', tar, '-C', folder, '.'],
    ]);
    await run(['gzip', '-n', fast ? '-1' : '-9', tar]);
    await cp(`${tar}.gz`, to);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
