import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchedOpenbao } from '../../scripts/find-openbao.ts';
import { freePort } from './free-port.ts';
import { sendToVault } from './vault-call.ts';

/** The program that was fetched; null: the tests do without. */
export const openbao = fetchedOpenbao();

export interface Openbao {
  url: string;
  caPem: string;
  /** May do everything. */
  token: string;
  stop(): Promise<void>;
}

/** A real OpenBao with TLS and all it knows in memory. Gone after `stop`. */
export async function startOpenbao(): Promise<Openbao> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-openbao-'));
  const port = await freePort();
  const token = 'root';
  const listen = [`-dev-listen-address=127.0.0.1:${port}`, '-dev-tls', `-dev-tls-cert-dir=${directory}`];
  const args = ['server', '-dev', '-dev-no-store-token', `-dev-root-token-id=${token}`, ...listen];
  const child = spawn(openbao ?? 'bao', args, {
    env: { PATH: process.env.PATH ?? '', HOME: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (part: Buffer) => (output += part.toString()));
  child.stderr.on('data', (part: Buffer) => (output += part.toString()));
  const ended = once(child, 'close').catch(() => {});
  const withUs = () => void child.kill('SIGKILL');
  process.once('exit', withUs);
  const stop = async () => {
    process.removeListener('exit', withUs);
    child.kill('SIGKILL');
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 1200 && child.exitCode === null; tries++) {
    const caPem = await readFile(join(directory, 'vault-ca.pem'), 'utf8').catch(() => null);
    const server = { url: `https://127.0.0.1:${port}`, caPem: caPem ?? '', token };
    if (caPem !== null && (await answers(server))) return { ...server, stop };
    await sleep(50);
  }
  await stop();
  throw new Error(`OpenBao did not start: ${output.slice(-500)}`);
}

async function answers(server: Omit<Openbao, 'stop'>): Promise<boolean> {
  const asked = { method: 'GET', path: 'auth/token/lookup-self', body: undefined, wrapTtl: undefined };
  return sendToVault(server, asked).then(
    ({ status }) => status === 200,
    () => false,
  );
}
