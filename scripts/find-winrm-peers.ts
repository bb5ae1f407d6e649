/**
 * Independent clients and an acceptor of NTLM for the tests of WinRM, out of the Python package index, fetched once into a cache
 * outside the tree. Where the index does not give them, the tests do without and the runner names them.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Each for Python 3.11 on Linux, x64, and known by its hash. */
const wheels = `
certifi==2026.10.19.post1 1324c476b4811eff41a8bc2122cd0bbd4d9c7234c725446d99ab1612b3a7fdd2
cffi==2.1.1 34e261f78cb6ceaaa36f42f2613f4380d94d9c759a9c73c769ee6e0247364632
charset-normalizer==3.5.3 2a6f937e0b70133d1f826d0a253331b6fe1a4c874808cc12e16f2fb8177042f4
cryptography==50.0.2 9dab55f57c74c3cad24c323bacbbd04be4705ba6eb0d92e920b1fc4837ed5079
idna==3.20 ab7ae7122974553370f0bdb919e1a960b2cd1bc1ef0276416d896db81c14582c
pycparser==3.12 a076f3f489b39b43ed13563a1dafe42447445bec2e294154ec5c57fcdda4c85e
pypsrp==0.9.1 1217b03397589f8e77c98dc9d2a4af2abc34a89ccc15efd4b6758ec76eb1bb7d
pyspnego==0.12.4 a29a34de1abe9e9b30d9aa1d363f8e49fc159eb7355b1f2ee86ccb3a2ce3bba9
pywinrm==0.5.0 c267046d281de613fc7c8a528cdd261564d9b99bdb7c2926221eff3263b700c8
requests==2.34.2 2a0d60c172f83ac6ab31e4554906c0f3b3588d37b5cb939b1c061f4907e278e0
requests-ntlm==1.3.0 4c7534a7d0e482bb0928531d621be4b2c74ace437e88c5a357ceb7452d25a510
urllib3==2.8.0 0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3
xmltodict==1.0.4 a4a00d300b0e1c59fc2bfccb53d7b2e88c32f200df138a0dd2229f842497026a
`
  .trim()
  .split('\n')
  .map((line) => line.replace(' ', ' --hash=sha256:'));

function place(): string {
  const base = process.env.TRUSTKEEP_TEST_CACHE;
  const root =
    process.getuid?.() === 0 ? '/var/cache' : process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base ? resolve(base) : root, 'trustkeep-test-winrm/peers-1');
}

/** Directory for PYTHONPATH that was fetched before; null: none was. Fetches nothing. */
export function fetchedWinrmPeers(): string | null {
  const directory = place();
  return process.platform === 'linux' && existsSync(join(directory, 'pypsrp')) ? directory : null;
}

/** As `fetchedWinrmPeers`, and fetches them first. Null where the index does not give them, with the reason told to `say`. */
export async function findWinrmPeers(say: (line: string) => void): Promise<string | null> {
  const fetched = fetchedWinrmPeers();
  if (fetched !== null || process.platform !== 'linux' || process.arch !== 'x64') return fetched;
  const cache = resolve(place(), '..');
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'fetch-'));
  try {
    say('Fetching pywinrm, pypsrp and pyspnego, about 6 MB (once)…');
    const wanted = join(work, 'requirements.txt');
    await writeFile(wanted, wheels.join('\n'));
    const options = ['--quiet', '--no-deps', '--no-cache-dir', '--only-binary=:all:', '--require-hashes'];
    const patience = [
      '--retries',
      '1',
      '--timeout',
      '15',
      '--disable-pip-version-check',
      '--root-user-action=ignore',
    ];
    const site = join(work, 'site');
    const { code, said } = await run('python3', [
      '-m',
      'pip',
      'install',
      ...options,
      ...patience,
      '-r',
      wanted,
      '--target',
      site,
    ]);
    if (code !== 0) say(`They could not be fetched: ${said.trim().split('\n').at(-1) ?? ''}`);
    // another process may have been quicker
    else await rename(site, place()).catch(() => {});
    return fetchedWinrmPeers();
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

if (import.meta.main) {
  const found = await findWinrmPeers((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(`${found ?? 'There are no independent peers for WinRM here.'}\n`);
  process.exitCode = found === null ? 1 : 0;
}
