import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../scripts/electron/run.ts';

/** An Electron with an application in it, as `prepareApp` makes it, whose application calls itself another version. */
interface OtherVersion {
  /** The Electron that holds the application. */
  executable: string;
  version: string;
  /** Its agent cannot be made. */
  broken?: boolean;
}

/** Beside the one that is given, by hard links; gives its executable. The same again costs nothing. */
export async function makeVersion({ executable, version, broken = false }: OtherVersion): Promise<string> {
  const from = join(executable, '..');
  const target = `${from}-as-${version}`;
  await rm(target, { recursive: true, force: true });
  await run(['cp', '-al', from, target]);
  const out = join(target, 'resources/app/out/main');
  let renamed = 0;
  for (const name of await readdir(out, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const text = await readFile(join(out, name), 'utf8');
    const other = text.replaceAll('"0.1.0"', `"${version}"`);
    const changed =
      broken && /compose-/.test(name) ? `throw new Error('this build is broken');\n${other}` : other;
    if (other !== text) renamed++;
    if (changed !== text) await replace(join(out, name), changed);
  }
  if (renamed === 0) throw new Error('no file of the application says its version');
  return join(target, 'electron');
}

/** A new file: the old one is another version's as well. */
async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text);
  await rename(`${path}.part`, path);
}

/**
 * What stands for an AppImage: one executable file that starts a version and says where it is itself. Arguments of a driver
 * count only for the start that the file `driven` beside it announces: a program that starts itself again is driven by nobody.
 */
export function imageOf(executable: string, padding: Buffer): Buffer {
  const script = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
APPIMAGE=$(readlink -f "$0"); export APPIMAGE
if [ -e "$here/driven" ]; then rm -f "$here/driven"; exec '${executable}' "$@"; fi
for word do
  shift
  case "$word" in --inspect=*|--remote-debugging-port=*) ;; *) set -- "$@" "$word" ;; esac
done
exec '${executable}' "$@" >>"$here/output" 2>&1
`;
  return Buffer.concat([Buffer.from(script), padding]);
}

export async function putImage(path: string, image: Buffer): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, image);
  await chmod(path, 0o755);
}
