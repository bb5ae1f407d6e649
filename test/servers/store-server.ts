import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { childEnvironment } from '#kit/exec.ts';
import { freePort } from './free-port.ts';

/** Serves what a PKCS#12 file holds, and reads it again when it is told so: what a program does that has its certificate in one. */
const program = `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
const [, , file, port] = process.argv;
const read = () => ({ pfx: readFileSync(file), passphrase: process.env.P });
const server = createServer(read(), (socket) => socket.end('hello'));
process.on('SIGHUP', () => { server.setSecureContext(read()); console.log('read'); });
server.listen(Number(port), '127.0.0.1', () => console.log('listening'));
`;

export interface StoreServer {
  port: number;
  /** SHA-256 of the certificate that it shows in a handshake that ends well, lower-case hex. */
  served(): Promise<string>;
  /** A script that makes it read the file again. */
  restartScript: string;
  stop(): Promise<void>;
}

/** In \`directory\`, which takes its files. \`path\`: the PKCS#12 file. */
export async function startStoreServer(
  directory: string,
  path: string,
  password: string,
): Promise<StoreServer> {
  const port = await freePort();
  const source = join(directory, 'server.mjs');
  await writeFile(source, program);
  const env = { ...childEnvironment(), P: password };
  const child = spawn(process.execPath, [source, path, String(port)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await heard(child, 'listening');
  const restartScript = join(directory, 'restart.sh');
  await writeFile(restartScript, `#!/bin/sh\nkill -HUP ${child.pid}\n`);
  await chmod(restartScript, 0o755);
  return {
    port,
    restartScript,
    served: () => fingerprintAt(port),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function heard(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (part: Buffer) => {
      if (part.toString().includes(word)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

function fingerprintAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      resolve(fingerprint256.replaceAll(':', '').toLowerCase());
    });
    socket.on('error', reject);
  });
}

/** What a script left in a file. */
export const leftIn = async (path: string): Promise<string> => (await readFile(path, 'utf8')).trim();
