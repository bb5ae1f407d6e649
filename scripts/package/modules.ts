import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fetchPackage, lockedPackage } from './fetch.ts';
import { nameOf, type Target } from './target.ts';

/** Needed to compile what is there compiled already, or an optional native part that is there or not by the machine. */
const never = new Set(['node-addon-api', 'cpu-features', 'nan', 'buildcheck']);

/** Of a package: what is read when it runs, and its license. */
const unused =
  /^(deps|src|test|tests|examples|docs|util|binding\.gyp|install\.js)(\/|$)|\.(map|md|d\.ts|d\.mts|d\.cts)$|lib\/protocol\/crypto\/build(\/|$)|^win32_\w+\/koffi\.(lib|exp)$/;

/** Of a library that brings its sources, what is read when it runs. */
const only: Record<string, RegExp> = {
  koffi: /^(package\.json|indirect\.cjs|src|src\/koffi|src\/koffi\/indirect\.cjs)$/,
};

const isLicense = /^(licen[cs]e|copying|notice)[^/]*$/i;

interface Manifest {
  dependencies?: Record<string, string>;
}

/**
 * Copies packages, and what they need, into `node_modules` of a folder, as they run on the target: of the native ones
 * only the file for it, which is fetched where this machine did not install it.
 */
export async function copyModulesFor(
  target: Target,
  names: readonly string[],
  from: string,
  to: string,
): Promise<void> {
  const wanted = new Set(names);
  for (const name of wanted) {
    if (never.has(name)) continue;
    const folder = join(from, 'node_modules', name);
    const { dependencies = {} }: Manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    for (const needed of Object.keys(dependencies)) wanted.add(needed);
    await copyPackage(target, folder, join(to, 'node_modules', name));
  }
  for (const name of names) {
    const native = nativeParts[name]?.(target);
    if (native === undefined) continue;
    await copyPackage(target, await folderOf(native, from), join(to, 'node_modules', native));
  }
}

/** Libraries whose native part is a package of its own for each system. */
const nativeParts: Record<string, (target: Target) => string> = {
  '@napi-rs/keyring': (target) =>
    `@napi-rs/keyring-${nameOf(target)}${{ linux: '-gnu', win: '-msvc', mac: '' }[target.system]}`,
  koffi: (target) => `@koromix/koffi-${nameOf(target)}`,
};

async function folderOf(name: string, from: string): Promise<string> {
  const installed = join(from, 'node_modules', name);
  if (existsSync(installed)) return installed;
  const { version, integrity } = await lockedPackage(name);
  return fetchPackage(name, version, integrity);
}

async function copyPackage(target: Target, from: string, to: string): Promise<void> {
  const { name }: { name: string } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'));
  const kept = only[name];
  await cp(from, to, {
    recursive: true,
    filter(path) {
      const inside = relative(from, path).replaceAll('\\', '/');
      if (kept !== undefined) return inside === '' || kept.test(inside) || isLicense.test(inside);
      if (inside.startsWith('prebuilds/')) return inside === `prebuilds/${nameOf(target)}.node`;
      return isLicense.test(inside) || !unused.test(inside);
    },
  });
}
