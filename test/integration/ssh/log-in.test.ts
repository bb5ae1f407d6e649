import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { connectTo, connectTools, sshSettings } from '../../make/connection.ts';
import { canRunSshd, type Sshd, type SshdOptions, startSshd } from '../../servers/sshd.ts';
import { newKey, password, run } from './log-in-server.ts';

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
