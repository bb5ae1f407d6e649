import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an image of Debian has at least, as far as the Dockerfile and the agent use it. */
const wanted = [
  'base-files',
  'base-passwd',
  'bash',
  'coreutils',
  'dash',
  'grep',
  'libc-bin',
  'libstdc++6',
  'passwd',
  'sed',
];

/** Directories of the merged `/usr`, which are links in the image too. */
const merged = ['bin', 'sbin', 'lib', 'lib64', 'lib32', 'libx32'];

/**
 * Writes a little Debian as a tar file, made of the packages of this machine and what they depend on: there is no registry of
 * images where the tests run. For `podman import`.
 */
export function writeBaseImage(tar: string, folder: string): void {
  const list = `${tar}.list`;
  mkdirSync(join(folder, 'etc'), { recursive: true });
  for (const name of merged)
    if (isLink(`/${name}`)) symlinkSync(readlinkSync(`/${name}`), join(folder, name));
  const files = filesOf(withDependencies(wanted));
  writeFileSync(list, files.map((file) => `${file.slice(1)}\n`).join(''));
  execFileSync('sh', ['-c', 'tar -cf - --no-recursion -C / -T "$1" | tar -xf - -C "$2"', 'sh', list, folder]);
  for (const name of ['passwd', 'group'])
    cpSync(`/usr/share/base-passwd/${name}.master`, join(folder, 'etc', name));
  execFileSync('tar', ['-cf', tar, '-C', folder, '.']);
}

const isLink = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

const lines = (argv: string[]): string[] =>
  execFileSync('dpkg-query', argv, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trim()
    .split('\n');

/** As dpkg-query fills them in. */
const fields = ['Package', 'Status', 'Pre-Depends', 'Depends']
  .map((name) => `\${${name}}`)
  .join('\t')
  .concat('\n');

function withDependencies(names: readonly string[]): string[] {
  const needs = new Map<string, string[]>();
  for (const line of lines(['-W', '-f', fields])) {
    const [name = '', status, ...needed] = line.split('\t');
    if (status === 'install ok installed')
      needs.set(
        name,
        needed
          .join()
          .split(',')
          .flatMap((one) => one.match(/[a-z0-9.+-]+/)?.[0] ?? []),
      );
  }
  const found = new Set(names);
  for (const name of found)
    for (const needed of needs.get(name) ?? []) if (needs.has(needed)) found.add(needed);
  return [...found].filter((name) => needs.has(name));
}

/** Absolute, where they really are; without what is for people to read. */
function filesOf(packages: readonly string[]): string[] {
  const listed = lines(['-L', ...packages]).filter((line) => line.startsWith('/') && line !== '/.');
  const real = listed.map((line) =>
    merged.includes(line.split('/')[1] ?? '') && line.split('/').length > 2 ? `/usr${line}` : line,
  );
  const wantedHere = real.filter((file) => !/^\/usr\/share\/(doc|man|locale|info|lintian)\//.test(file));
  return [...new Set(wantedHere)]
    .filter(
      (file) => !merged.includes(file.slice(1)) && lstatSync(file, { throwIfNoEntry: false }) !== undefined,
    )
    .sort();
}
