import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/electron/paths.ts';
import { standInSqlite } from '../../scripts/electron/stand-in.ts';
import { type FoundElectron, prepareApp } from '../../scripts/find-electron.ts';
import { stage } from '../../scripts/package/stage.ts';

const target = { system: 'linux', arch: 'x64' } as const;

/** The version that is built here. */
export const thisVersion: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/**
 * A project for electron-builder in a new folder: the release of this checkout around the Electron of the tests, whose
 * programs call themselves that version. `npm run build` has made the command line.
 */
export async function stageVersion(electron: FoundElectron, version: string, folder: string): Promise<void> {
  const { appDirectory } = await prepareApp({ electron, flavour: 'release' });
  const [built, commandLine] = [`${folder}-out`, `${folder}-node`];
  cpSync(join(appDirectory, 'out'), built, { recursive: true });
  cpSync(join(root, 'out', 'node'), commandLine, { recursive: true });
  for (const place of [join(built, 'main'), commandLine]) renumber(place, version);
  await stage({ target, built, commandLine, folder, version });
  if (electron.kind !== 'stand-in') return;
  // where the library itself looks first for a binary compiled on purpose; the command line has its own library
  const binding = 'node_modules/better-sqlite3/build/Release/better_sqlite3.node';
  cpSync(await standInSqlite(root, () => {}), join(folder, binding));
}

/** Writes another version into what was built: once in each program. */
function renumber(folder: string, version: string): void {
  if (version === thisVersion) return;
  let changed = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.js')) continue;
    const file = join(entry.parentPath, entry.name);
    const text = readFileSync(file, 'utf8');
    const renumbered = text.replaceAll(`version: "${thisVersion}"`, `version: "${version}"`);
    if (renumbered === text) continue;
    changed++;
    writeFileSync(file, renumbered);
  }
  if (changed !== 1) throw new Error(`${changed} files below ${folder} say their version`);
}

/** The one file of a folder with that ending. */
export function onlyFile(folder: string, ending: string): string {
  const [file, second] = readdirSync(folder).filter((name) => name.endsWith(ending));
  if (file === undefined || second !== undefined) throw new Error(`there is not one ${ending}`);
  return join(folder, file);
}

/** Lines of one text that the other has not, but those that are like `but`. */
export function unlike(one: string, other: string, but: RegExp): string[] {
  const [left, right] = [one, other].map((text) => text.split('\n').filter((line) => !but.test(line)));
  const more = (of: string[] = [], than: string[] = []) => of.filter((line) => !than.includes(line));
  return [...more(left, right), ...more(right, left)];
}
