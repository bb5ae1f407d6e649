import { createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { connectTools, sshSettings } from '../../make/connection.ts';
import { freePort } from '../../servers/free-port.ts';
import { canRunSshd, type Sshd, startSshd } from '../../servers/sshd.ts';
import { keys, newKey, run } from './log-in-server.ts';

describe.runIf(canRunSshd())('private keys for ssh', () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd({});
  });
  afterAll(async () => {
    await server.stop();
  });

  const opensAs = (pem: string, passphrase?: string) =>
    connect(
      sshSettings(server),
      {
        privateKey: Secret.of(pem),
        ...(passphrase === undefined ? {} : { passphrase: Secret.of(passphrase) }),
      },
      connectTools,
    );

  test.each([
    ['OpenSSH', 'ed25519', []],
    ['OpenSSH', 'rsa', []],
    ['OpenSSH', 'ecdsa', []],
    ['PKCS#8', 'rsa', ['-m', 'PKCS8']],
    ['PKCS#8', 'ecdsa', ['-m', 'PKCS8']],
    ['old PEM', 'rsa', ['-m', 'PEM']],
    ['old PEM', 'ecdsa', ['-m', 'PEM']],
  ] as const)('are taken in %s format, %s, plain and encrypted', async (_format, type, more) => {
    await authorized(server, async (authorize) => {
      await (await opensAs(await authorize(await newKey(type, '', more)))).close();
      const encrypted = await authorize(await newKey(type, 'a phrase', more));
      await (await opensAs(encrypted, 'a phrase')).close();
      await expect(opensAs(encrypted)).rejects.toMatchObject({ code: 'ssh.key-passphrase-missing' });
      await expect(opensAs(encrypted, 'wrong')).rejects.toMatchObject({
        code: 'ssh.key-passphrase-wrong',
        message: 'The passphrase does not open the SSH private key for root@127.0.0.1.',
      });
    });
  });

  test('are taken in PKCS#8 format, Ed25519, plain and encrypted', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'trustkeep-key-'));
    const path = join(directory, 'key');
    await run('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', path]);
    const plain = await readFile(path, 'utf8');
    await run('openssl', [
      'pkcs8',
      '-topk8',
      '-in',
      path,
      '-passout',
      'pass:a phrase',
      '-out',
      `${path}.enc`,
    ]);
    const encrypted = await readFile(`${path}.enc`, 'utf8');
    await rm(directory, { recursive: true });
    await authorized(server, async (authorize) => {
      keys.lastPublic = openSshLine(plain);
      await (await opensAs(await authorize(plain))).close();
      await (await opensAs(encrypted, 'a phrase')).close();
    });
    await expect(opensAs(encrypted, 'b phrase')).rejects.toMatchObject({ code: 'ssh.key-passphrase-wrong' });
    await expect(opensAs(encrypted)).rejects.toMatchObject({ code: 'ssh.key-passphrase-missing' });
  });
});

describe('a host that is not there', () => {
  const settings = (port: number, host = '127.0.0.1') =>
    sshSettings({ host: host as '127.0.0.1', port, user: 'deploy', hostKeyFingerprint: 'SHA256:x' } as Sshd, {
      auth: 'password',
    });
  const dial = (port: number, host?: string, signal?: AbortSignal) =>
    connect(settings(port, host), { password: Secret.of('x') }, { ...connectTools, signal });

  test('is said to refuse the connection', async () => {
    const port = await freePort();
    await expect(dial(port)).rejects.toMatchObject({
      code: 'connection.refused',
      message: `127.0.0.1 refused the connection on port ${port}.`,
      retry: 'later',
    });
  });
  test('is said to have a name that cannot be resolved', async () => {
    await expect(dial(22, 'no-such-host.invalid')).rejects.toMatchObject({
      code: 'connection.unresolved',
      message: 'The name no-such-host.invalid could not be resolved.',
    });
  });
  test('is said to hang up', async () => {
    const server = await listening((socket) => socket.destroy());
    await expect(dial(server.port)).rejects.toMatchObject({ code: 'connection.lost' });
    await server.stop();
  });
  test('is said not to speak ssh', async () => {
    const server = await listening((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await dial(server.port).catch((reason: unknown) => reason);
    expect(['ssh.handshake-failed', 'connection.lost']).toContain((error as { code: string }).code);
    await server.stop();
  });
  test('is given up when the caller stops waiting', async () => {
    const server = await listening(() => {});
    const control = new AbortController();
    setTimeout(() => control.abort(new Error('no more')), 100);
    await expect(dial(server.port, undefined, control.signal)).rejects.toThrow('no more');
    await server.stop();
  });
});

async function listening(answer: (socket: import('node:net').Socket) => void) {
  const sockets = new Set<import('node:net').Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  return {
    port: typeof place === 'object' && place !== null ? place.port : 0,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function openSshLine(pem: string): string {
  const { x } = createPublicKey(pem).export({ format: 'jwk' });
  const fields = [Buffer.from('ssh-ed25519'), Buffer.from(x ?? '', 'base64url')];
  const blob = Buffer.concat(fields.flatMap((one) => [Buffer.from([0, 0, 0, one.length]), one]));
  return `ssh-ed25519 ${blob.toString('base64')} test\n`;
}

/** Lets keys made by `newKey` log in while `use` runs. */
async function authorized(server: Sshd, use: (authorize: (pem: string) => Promise<string>) => Promise<void>) {
  const path = server.privateKeyPath.replace(/client-key$/, 'authorized_keys');
  const before = await readFile(path);
  try {
    await use(async (pem) => {
      await writeFile(path, keys.lastPublic, { flag: 'a' });
      return pem;
    });
  } finally {
    await writeFile(path, before);
  }
}
