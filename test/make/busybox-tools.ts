import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exec } from '#kit/exec.ts';
import { have } from '../servers/available.ts';

/** A new directory to be put first on the path: of BusyBox it has all tools, of another interpreter none. */
export async function toolsOf(name: string): Promise<string> {
  const places = await mkdtemp(join(tmpdir(), 'trustkeep-tools-'));
  if (name !== 'busybox' || !have('busybox')) return places;
  const said = async (...argv: [string, ...string[]]) =>
    (await exec({ argv, timeoutMs: 5_000 })).stdout.toString().trim();
  const where = await said('which', 'busybox');
  for (const tool of (await said('busybox', '--list')).split('\n')) await symlink(where, join(places, tool));
  return places;
}
