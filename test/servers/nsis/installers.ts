import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, win32 } from 'node:path';
import { root } from '../../../scripts/electron/paths.ts';
import { buildPackages } from '../../../scripts/package/builder.ts';
import { fetchPackage } from '../../../scripts/package/fetch.ts';
import { stage } from '../../../scripts/package/stage.ts';
import { thisVersion } from '../../e2e/packaged.ts';
import { writeProgramForWine } from '../windows-node.ts';
import { wineProgram } from '../wine.ts';

const own = import.meta.dirname;
const library = '/usr/x86_64-w64-mingw32/lib/nsis/libpluginapi-amd64-unicode.a';

/** What an installer is made with here, besides Wine: Debian's makensis and a compiler for Windows. */
export const installerTools = ['makensis', 'x86_64-w64-mingw32-gcc', library] as const;

/** Packed with the program that unpacks: the one of npm that electron-builder itself used before. */
const sevenZip = {
  version: '5.2.0',
  integrity:
    'sha512-ukTPVhqG4jNzMro2qA9HSCSSVJN3aN7tlb+hfqYCt3ER0yWroeA2VR38MNrOHLQ/cVj+DaIMad0kFCtWWowh/A==',
};

const gcc = (...args: string[]) =>
  execFileSync('x86_64-w64-mingw32-gcc', ['-Wall', '-Werror', '-O1', '-s', ...args]);

/**
 * The stand-in for Electron's folder: a program that runs until it is ended, and what electron-builder expects beside it.
 */
function layElectron(folder: string): { directory: string; version: string } {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  const object = join(folder, 'about.o');
  execFileSync('x86_64-w64-mingw32-windres', [join(own, 'desktop.rc'), object]);
  gcc('-mwindows', join(own, 'desktop.c'), object, '-o', join(folder, 'electron.exe'), '-ladvapi32');
  rmSync(object);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak'])
    writeFileSync(join(folder, name), 'Of the stand-in.\n');
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8'),
  );
  writeFileSync(join(folder, 'version'), version);
  return { directory: folder, version };
}

/** Tools in a folder, as electron-builder would have fetched them; gives the environment that names them. */
async function layTools(folder: string, prefix: string): Promise<Record<string, string>> {
  const zip = await fetchPackage('7zip-bin', sevenZip.version, sevenZip.integrity);
  const [bin, plugins] = [join(folder, 'linux'), join(folder, 'plugins', 'amd64-unicode')] as const;
  for (const place of [bin, plugins]) mkdirSync(place, { recursive: true });
  const dll = join(folder, 'plugins.dll');
  const unpacks = JSON.stringify(win32.join('Z:\\', zip, 'win', 'x64', '7za.exe'));
  const words = ['-shared', '-DUNICODE', '-D_UNICODE', `-DSEVEN_ZIP=L${unpacks}`];
  gcc(...words, join(own, 'plugins.c'), '-o', dll, library);
  for (const name of ['UAC', 'StdUtils', 'nsis7z', 'WinShell']) cpSync(dll, join(plugins, `${name}.dll`));
  const script = (name: string, ...lines: string[]): string => {
    const file = join(bin, name);
    writeFileSync(file, `#!/bin/bash\n${lines.join('\n')}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const amd64 = `sed s/x86-unicode/amd64-unicode/g | /usr/bin/makensis '-XTarget amd64-unicode' "$@"`;
  script('makensis', 'unset NSISDIR', amd64);
  script(
    'wine',
    `export HOME='${folder}' USER=admin WINEPREFIX='${prefix}' WINEDEBUG=-all`,
    `exec ${wineProgram} "$@"`,
  );
  // not compressed, whatever else is said
  const seven = script('7za', `exec '${zip}/linux/x64/7za' "$1" -mx=0 "\${@:2}"`);
  chmodSync(join(zip, 'linux', 'x64', '7za'), 0o755);
  writeFileSync(join(folder, 'elevate.exe'), 'Of the stand-in.\n');
  return {
    PATH: `${bin}:${process.env.PATH}`,
    ELECTRON_BUILDER_7ZIP_PATH: seven,
    ELECTRON_BUILDER_NSIS_DIR: folder,
    ELECTRON_BUILDER_NSIS_RESOURCES_DIR: folder,
    ELECTRON_BUILDER_OFFLINE: 'true',
  };
}

/** The same project as another version: in its manifest, and in what its command line says. */
function renumber(project: string, version: string): void {
  const manifest = join(project, 'package.json');
  const about = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...about, version }));
  const programs = join(project, 'resources', 'cli');
  for (const name of [
    ...readdirSync(join(programs, 'chunks')).map((file) => join('chunks', file)),
    'cli.js',
  ]) {
    const file = join(programs, name);
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll(`version: "${about.version}"`, `version: "${version}"`));
  }
}

/**
 * Installers of those versions, made by electron-builder from its own templates and ours, of 64 bits and not compressed,
 * around a stand-in for Electron and the command line as it is packed. `prefix` is the Wine that is used.
 */
export async function makeInstallers(
  folder: string,
  prefix: string,
  versions: readonly string[],
): Promise<string[]> {
  const target = { system: 'win', arch: 'x64' } as const;
  const electron = layElectron(join(folder, 'electron'));
  const env = await layTools(join(folder, 'tools'), prefix);
  const project = join(folder, 'project');
  await stage({ target, folder: project, built: join(root, 'out'), commandLine: join(root, 'out', 'node') });
  await writeProgramForWine(thisVersion, join(project, 'resources', 'cli', 'trustkeep.exe'));
  const config = join(project, 'electron-builder.yml');
  const text = readFileSync(config, 'utf8');
  // what Debian's compiler warns of besides, and what no release uses
  writeFileSync(
    config,
    text.replace('nsis:\n', 'nsis:\n  warningsAsErrors: false\n  differentialPackage: false\n'),
  );
  const made: string[] = [];
  for (const version of versions) {
    renumber(project, version);
    const dist = await buildPackages({
      target,
      kinds: ['nsis'],
      folder: project,
      electron,
      compression: 'store',
      env,
    });
    const file = join(folder, `${version}.exe`);
    renameSync(join(dist, `trustkeep-${version}-win-x64.exe`), file);
    rmSync(dist, { recursive: true });
    made.push(file);
  }
  return made;
}
