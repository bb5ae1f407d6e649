import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCommandLine } from '../package/command-line.ts';
import { thisArch } from '../package/target.ts';

export interface Packed {
  directory: string;
  /** The program that people start. */
  trustkeep: string;
  /** A Node that no other process plays: its pages are counted whole. */
  node: string;
}

/** The command line as it lies in a package for Linux, in a new folder that is the caller's to remove. `npm run build` has made its files. */
export async function packedCommandLine(): Promise<Packed> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-bench-cli-'));
  const built = join(import.meta.dirname, '../../out/node');
  await writeCommandLine({ system: 'linux', arch: thisArch }, built, directory);
  return { directory, trustkeep: join(directory, 'trustkeep'), node: join(directory, 'node') };
}
