import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FoundElectron } from './installed.ts';
import { locked } from './lock.ts';
import { copyModules } from './modules.ts';
import { cacheDirectory, root } from './paths.ts';
import { run } from './run.ts';
import { stampOfSources } from './stamp.ts';
import { standInSqlite } from './stand-in.ts';

interface PreparedApp {
  executable: string;
  /** Arguments that come before all others. */
  args: string[];
  appDirectory: string;
}

interface PrepareOptions {
  electron: FoundElectron;
  /** `e2e` can be driven, `release` cannot; with `-shell` the shell around a page and an agent of the tests. */
  flavour: 'e2e' | 'e2e-shell' | 'release' | 'release-shell';
  say?: (line: string) => void;
}

const unusedFor = 6 * 3600_000;

/**
 * Builds the application and puts it into an Electron of its own (hard links), where packaged ones have it. The same
 * sources give the same folder again, without work. Safe in several processes at once.
 */
export async function prepareApp(options: PrepareOptions): Promise<PreparedApp> {
  const apps = join(cacheDirectory(), 'apps');
  await mkdir(apps, { recursive: true });
  return locked(join(apps, `${options.flavour}.lock`), async () => {
    const name = `${options.flavour}-${options.electron.version}-${await stampOfSources(root)}`;
    const target = join(apps, name);
    if (!existsSync(target)) await make(options, apps, target);
    await utimes(target, new Date(), new Date());
    await removeUnused(apps, target);
    return prepared(options.electron, target);
  });
}

function prepared(electron: FoundElectron, target: string): PreparedApp {
  const appDirectory = join(target, 'resources', 'app');
  if (process.platform !== 'linux')
    return { executable: electron.executable, args: [appDirectory], appDirectory };
  return { executable: join(target, 'electron'), args: [], appDirectory };
}

async function make(options: PrepareOptions, apps: string, target: string): Promise<void> {
  const { electron, flavour, say = () => {} } = options;
  const work = join(apps, `making-${flavour}`);
  const app = join(work, 'resources', 'app');
  await rm(work, { recursive: true, force: true });
  await mkdir(app, { recursive: true });
  if (process.platform === 'linux') await linkAll(electron.directory, work);
  await buildApp(flavour, join(app, 'out'), electron.version);
  await cp(join(root, 'build', 'icons'), join(app, 'build', 'icons'), { recursive: true });
  await cp(join(root, 'build', 'tray'), join(app, 'build', 'tray'), { recursive: true });
  const { name, version, type, main } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await writeFile(join(app, 'package.json'), JSON.stringify({ name, version, type, main }));
  await copyModules(root, app);
  if (electron.kind === 'stand-in') {
    // where the library itself looks first for a binary compiled on purpose
    const binding = join(app, 'node_modules/better-sqlite3/build/Release/better_sqlite3.node');
    await cp(await standInSqlite(root, say), binding);
  }
  await rename(work, target);
}

/** Electron finds its resources beside its real file, so a symbolic link would lead back to the shared one. */
async function linkAll(from: string, to: string): Promise<void> {
  await run(['cp', '-al', `${from}/.`, to]).catch(() => run(['cp', '-a', `${from}/.`, to]));
}

/** Compiles for what that Electron understands. */
async function buildApp(flavour: PrepareOptions['flavour'], out: string, version: string): Promise<void> {
  const tool = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const mode = flavour === 'release' ? 'production' : flavour;
  const major = version.split('.')[0] ?? '';
  await run([process.execPath, tool, 'build', '--mode', mode, '--outDir', out], {
    cwd: root,
    env: { ...process.env, ELECTRON_MAJOR_VER: major, NODE_ENV: 'production' },
  });
}

async function removeUnused(apps: string, used: string): Promise<void> {
  for (const name of await readdir(apps)) {
    const folder = join(apps, name);
    if (folder === used || name.endsWith('.lock') || name.startsWith('making-')) continue;
    const { mtimeMs } = await stat(folder);
    if (Date.now() - mtimeMs > unusedFor) await rm(folder, { recursive: true, force: true });
  }
}
