/** Packages of the Python package index that tests import, each set fetched once into a directory outside the tree. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface PythonSite {
  /** As a person calls it. */
  title: string;
  /** Directory within the cache. */
  place: string;
  /** A module that is there when it is whole. */
  module: string;
  /** `name==version sha256`, all that they need among them. */
  packages: readonly string[];
}

function placeOf(site: PythonSite): string {
  const base = process.env.TRUSTKEEP_TEST_CACHE;
  const root =
    process.getuid?.() === 0 ? '/var/cache' : process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base ? resolve(base) : root, site.place);
}

/** Directory for PYTHONPATH that was fetched before; null: none was. Fetches nothing. */
export function fetchedSite(site: PythonSite): string | null {
  const directory = placeOf(site);
  return process.platform === 'linux' && existsSync(join(directory, site.module)) ? directory : null;
}

/** As `fetchedSite`, and fetches it first. Null where the index does not give it, with the reason told to `say`. */
export async function findSite(site: PythonSite, say: (line: string) => void): Promise<string | null> {
  const fetched = fetchedSite(site);
  if (fetched !== null || process.platform !== 'linux' || process.arch !== 'x64') return fetched;
  const cache = resolve(placeOf(site), '..');
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetch-'));
  try {
    say(`Fetching ${site.title} (once)…`);
    const wanted = join(work, 'requirements.txt');
    await writeFile(wanted, site.packages.map((line) => line.replace(' ', ' --hash=sha256:')).join('\n'));
    const made = join(work, 'site');
    const options = ['--quiet', '--no-deps', '--no-cache-dir', '--require-hashes', '--retries', '1'];
    const manners = ['--timeout', '15', '--disable-pip-version-check', '--root-user-action=ignore'];
    const args = ['-m', 'pip', 'install', ...options, ...manners, '-r', wanted, '--target', made];
    const { code, said } = await run('python3', args);
    if (code !== 0) say(`${site.title} could not be fetched: ${said.trim().split('\n').at(-1) ?? ''}`);
    // another process may have been quicker
    else await rename(made, placeOf(site)).catch(() => {});
    return fetchedSite(site);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function run(program: string, args: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    child.once('error', (error) => done({ code: 127, said: String(error) }));
    child.once('close', (code) => done({ code: code ?? 1, said }));
  });
}
