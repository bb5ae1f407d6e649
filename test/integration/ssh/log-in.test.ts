import { execFile } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { connectTo, connectTools, sshSettings } from '../../make/connection.ts';
import { freePort } from '../../servers/free-port.ts';
import { canRunSshd, type Sshd, type SshdOptions, startSshd } from '../../servers/sshd.ts';

const run = promisify(execFile);
const password = 'correct horse ü';

async function withServer(options: SshdOptions, use: (server: Sshd) => Promise<void>): Promise<void> {
  const server = await startSshd(options);
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

async function worksAs(server: Sshd, open: ReturnType<typeof connectTo>): Promise<string> {
  const connection = await open;
  try {
    const result = await connection.exec({ argv: ['id', '-un'] });
    expect(result.stdout.toString().trim()).toBe(server.user);
    return connection.credentialUsed;
  } finally {
    await connection.close();
  }
}

describe.runIf(canRunSshd())('logging in over ssh', () => {
  test('works with a private key', () =>
    withServer({}, async (server) => {
      expect(await worksAs(server, connectTo(server))).toBe('user root, private key');
    }));

  test('works with a password, and a wrong one is refused by name', () =>
    withServer({ user: { password } }, async (server) => {
      const settings = sshSettings(server, { auth: 'password' });
      const by = (text: string) => connect(settings, { password: Secret.of(text) }, connectTools);
      expect(await worksAs(server, by(password))).toBe(`user ${server.user}, password`);
      const refused = await by('wrong password').catch((error: unknown) => error);
      expect(refused).toMatchObject({
        code: 'ssh.login-refused',
        retry: 'needs-person',
        message: `127.0.0.1 refused user ${server.user} with password (it accepts: publickey, password).`,
      });
      expect(JSON.stringify(refused)).not.toContain('wrong password');
    }));

  test('works where passwords are only asked for interactively', () =>
    withServer(
      { user: { password }, allow: { password: false, keyboardInteractive: true } },
      async (server) => {
        const settings = sshSettings(server, { auth: 'password' });
        const by = (text: string) => connect(settings, { password: Secret.of(text) }, connectTools);
        expect(await worksAs(server, by(password))).toBe(`user ${server.user}, password`);
        await expect(by('wrong')).rejects.toMatchObject({ code: 'ssh.login-refused' });
      },
    ));

  test('gives the password as a second factor when the server wants both', () =>
    withServer(
      { user: { password }, config: ['AuthenticationMethods publickey,password'] },
      async (server) => {
        expect(await worksAs(server, connectTo(server))).toBe(`user ${server.user}, private key`);
      },
    ));

  test('does not offer the password when the key alone was chosen and is refused', () =>
    withServer({ user: { password } }, async (server) => {
      const other = await newKey('ed25519');
      const login = { privateKey: Secret.of(other), password: Secret.of(password) };
      await expect(connect(sshSettings(server), login, connectTools)).rejects.toMatchObject({
        code: 'ssh.login-refused',
        message: `127.0.0.1 refused user ${server.user} with private key (it accepts: publickey, password).`,
        hint: expect.stringContaining('authorized_keys'),
      });
      expect(server.output()).not.toContain('Failed password');
    }));

  test('tries what a credential store gave: the key, then the password', () =>
    withServer({ user: { password } }, async (server) => {
      const settings = sshSettings(server, { auth: 'credential-store' });
      const login = { privateKey: Secret.of(await newKey('ed25519')), password: Secret.of(password) };
      await worksAs(server, connect(settings, login, connectTools));
    }));

  test('says which credential is missing before it dials', async () => {
    const settings = sshSettings({
      host: '127.0.0.1',
      port: 1,
      user: 'deploy',
      hostKeyFingerprint: 'x',
    } as Sshd);
    await expect(connect(settings, {}, connectTools)).rejects.toMatchObject({
      code: 'ssh.credential-missing',
      message: 'There is no private key for deploy@127.0.0.1.',
    });
    await expect(connect({ ...settings, auth: 'password' }, {}, connectTools)).rejects.toMatchObject({
      code: 'ssh.credential-missing',
    });
  });

  test('says that a password has expired', () =>
    withServer(
      { user: { password }, allow: { password: false, keyboardInteractive: true } },
      async (server) => {
        await run('chage', ['-d', '0', server.user]);
        const settings = sshSettings(server, { auth: 'password' });
        await expect(
          connect(settings, { password: Secret.of(password) }, connectTools),
        ).rejects.toMatchObject({
          code: 'ssh.password-expired',
          message: `The password of ${server.user} on 127.0.0.1 has expired.`,
        });
      },
    ));

  test('is not disturbed by what login files print', () =>
    withServer({ user: { shell: '/bin/bash' }, config: ['SetEnv SHLVL=0'] }, async (server) => {
      await writeFile(join(server.home, '.bashrc'), 'echo welcome; echo noise >&2\n');
      const connection = await connectTo(server);
      expect((await connection.exec({ argv: ['echo', 'hi'] })).stdout.toString()).toBe('hi\n');
      await connection.close();
    }));

  test.each([
    [
      'an account without an interpreter',
      '#!/bin/sh\necho "This account is currently not available."; exit 1\n',
    ],
    ['one that answers like Windows', `#!/bin/sh\necho "'/bin/sh' is not recognized" >&2; exit 9009\n`],
    ['one that reads quotes in its own way', `#!/bin/sh\nshift; eval "$(printf %s "$*" | tr "'" '"')"\n`],
  ])('refuses %s', async (_name, script) => {
    const directory = await mkdtemp(join(tmpdir(), 'trustkeep-shell-'));
    await chmod(directory, 0o755);
    const shell = join(directory, 'shell');
    await writeFile(shell, script, { mode: 0o755 });
    await withServer({ user: { shell } }, async (server) => {
      await expect(connectTo(server)).rejects.toMatchObject({
        code: 'ssh.not-posix',
        message: `127.0.0.1 does not give user ${server.user} a POSIX command interpreter.`,
      });
    });
    await rm(directory, { recursive: true });
  });
});

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
      lastPublic = openSshLine(plain);
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

async function newKey(type: string, phrase = '', more: readonly string[] = []): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-key-'));
  try {
    const path = join(directory, 'key');
    const quick = ['-a', '1', ...(type === 'rsa' ? ['-b', '2048'] : [])];
    await run('ssh-keygen', ['-q', '-t', type, ...quick, '-N', phrase, '-f', path, ...more]);
    lastPublic = await readFile(`${path}.pub`, 'utf8');
    return await readFile(path, 'utf8');
  } finally {
    await rm(directory, { recursive: true });
  }
}
let lastPublic = '';

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
      await writeFile(path, lastPublic, { flag: 'a' });
      return pem;
    });
  } finally {
    await writeFile(path, before);
  }
}
