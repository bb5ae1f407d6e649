import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { bundle } from '#test/make/bundle.ts';
import { copyModules } from '../../scripts/electron/modules.ts';

/** Where `installProgram` puts it. */
export const programAt = '/opt/trustkeep-service';
/** Begins a command line of it. */
export const programWords = [`${programAt}/node`, `${programAt}/entry.js`] as const;

/** Puts this very program, with its Node and its packages, below the file system `root`, for root alone to change. */
export async function installProgram(root: string): Promise<void> {
  const folder = join(root, programAt);
  const built = await bundle('electron/cli.ts');
  mkdirSync(join(root, '/opt'), { recursive: true });
  cpSync(dirname(built.path), folder, { recursive: true });
  await built.remove();
  await copyModules(resolve('.'), folder);
  cpSync(process.execPath, join(folder, 'node'), { dereference: true });
  chmodSync(folder, 0o755);
}
