import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../electron/paths.ts';
import { run } from '../electron/run.ts';
import { copyModulesFor } from './modules.ts';
import { nodeBinary } from './node-binary.ts';
import type { Target } from './target.ts';
import { writeWindowsProgram } from './windows-program.ts';

/** What `vite.node.config.ts` leaves outside: native modules, and one with a native part. */
const outside = ['better-sqlite3', '@napi-rs/keyring', 'ssh2'];

/** What only Windows is called through; the desktop does not load it. */
export const windowsOnly = ['koffi'];

/**
 * The folder of the command line and the service, as it lies in a package: `trustkeep`, the Node that plays it, the built
 * `cli.js`, and the modules that are no part of it.
 */
export async function writeCommandLine(target: Target, built: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await cp(built, to, { recursive: true });
  await writeFile(join(to, 'package.json'), '{"type":"module"}\n');
  const more = target.system === 'win' ? windowsOnly : [];
  await copyModulesFor(target, [...outside, ...more], root, to);
  const { program, license } = await nodeBinary(target);
  await cp(license, join(to, 'NODE-LICENSE.txt'));
  if (target.system === 'win') {
    await writeFile(join(to, 'start.cjs'), "import('./cli.js');\n");
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const about = { version, copyright: 'Trustkeep contributors, Apache-2.0' };
    const icon = join(root, 'build', 'icon.ico');
    await writeWindowsProgram({ node: program, icon, about }, join(to, 'trustkeep.exe'));
    return;
  }
  await cp(program, join(to, 'node'));
  await chmod(join(to, 'node'), 0o755);
  if (target.system === 'linux') await strip(join(to, 'node'));
  await cp(join(root, 'build', 'cli', 'trustkeep'), join(to, 'trustkeep'));
  await chmod(join(to, 'trustkeep'), 0o755);
}

/** Takes out the symbols for debuggers, a fifth of the file. One for another machine stays whole where no tool is here for it. */
async function strip(program: string): Promise<void> {
  await run(['llvm-strip', '--strip-all', program]).catch(() => run(['strip', '--strip-all', program]));
}
