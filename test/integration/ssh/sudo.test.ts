import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { connectTo, connectTools, sshSettings } from '../../make/connection.ts';
import { have } from '../../servers/available.ts';
import { canRunSshd, type Sshd, type SshdOptions, startSshd } from '../../servers/sshd.ts';

const password = 'sudo secret 4711';

async function withServer(
  user: NonNullable<SshdOptions['user']>,
  use: (server: Sshd, directory: string) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-sudo-')); // 0700 and root's
  const server = await startSshd({ user });
  try {
    await use(server, directory);
  } finally {
    await server.stop();
    await rm(directory, { recursive: true });
  }
}

describe.runIf(canRunSshd() && have('sudo'))('rights over ssh', () => {
  test('are those of the user where there is no sudo for it, and what is denied says what is needed', () =>
    withServer({ password }, async (server, directory) => {
      const connection = await connectTo(server);
      expect(connection.credentialUsed).toBe(`user ${server.user}, private key`);
      expect((await connection.exec({ argv: ['id', '-un'] })).stdout.toString().trim()).toBe(server.user);
      const path = join(directory, 'key.pem');
      const denied = {
        code: 'file.denied',
        retry: 'needs-person',
        message: expect.stringMatching(
          new RegExp(`^User ${server.user} is not allowed to .*${path}.* it needs permission to .*\\.$`),
        ),
        hint: expect.stringContaining('is not in the sudoers file'),
      };
      await expect(connection.write(path, Buffer.from('x'), { mode: 0o600 })).rejects.toMatchObject(denied);
      await expect(connection.stat(path)).rejects.toMatchObject(denied);
      await expect(connection.read(path)).rejects.toMatchObject(denied);
      await expect(connection.hash(path)).rejects.toMatchObject(denied);
      await expect(connection.copy('/etc/passwd', path)).rejects.toMatchObject(denied);
      await expect(connection.rename(path, `${path}.2`)).rejects.toMatchObject(denied);
      await expect(connection.list(directory)).rejects.toMatchObject({ code: 'file.denied' });
      await connection.close();
    }));

  test('do not give away a file whose owner cannot be kept', () =>
    withServer({}, async (server) => {
      const connection = await connectTo(server);
      const path = join(server.home, 'cert.pem'); // in the user's own directory, but root's
      await writeFile(path, 'old', { mode: 0o644 });
      await expect(connection.write(path, Buffer.from('new'), { mode: 0o644 })).rejects.toMatchObject({
        code: 'file.denied',
        hint: expect.stringContaining('sudo requires a password and none is set'),
      });
      await expect(connection.copy(path, `${path}.kept`)).rejects.toMatchObject({ code: 'file.denied' });
      expect(await readFile(path, 'utf8')).toBe('old');
      expect(await connection.list(server.home)).toEqual(['cert.pem']);
      await connection.close();
    }));

  test('stay those of the user when the password is wrong for sudo', () =>
    withServer({ password, sudo: 'password' }, async (server) => {
      const login = { privateKey: Secret.of(server.privateKeyPem), password: Secret.of('not it') };
      const connection = await connect(sshSettings(server), login, connectTools);
      expect((await connection.exec({ argv: ['id', '-un'] })).stdout.toString().trim()).toBe(server.user);
      await expect(connection.read('/etc/shadow')).rejects.toMatchObject({
        code: 'file.denied',
        hint: expect.stringMatching(
          /now: sudo said: .*(no password was provided|incorrect password|try again)/,
        ),
      });
      await connection.close();
    }));

  test('never let the password into a file when sudo stops asking for it', () =>
    withServer({ password, sudo: 'password' }, async (server, directory) => {
      const connection = await connectTo(server);
      const path = join(directory, 'key.pem');
      await connection.write(path, Buffer.from('first'), { mode: 0o600 });
      expect(await readFile(path, 'utf8')).toBe('first');
      await server.setSudo('nopasswd'); // from now on sudo reads no password, the line stays in the input
      await connection.write(path, Buffer.from('second'), { mode: 0o600 });
      expect(await readFile(path, 'utf8')).toBe('second');
      const heard = await connection.exec({ argv: ['cat'], stdin: Buffer.from('only this') });
      expect(heard.stdout.toString()).toBe('only this');
      await connection.close();
    }));

  test('that are taken away make everything fail with what sudo said', () =>
    withServer({ password, sudo: 'password' }, async (server) => {
      const connection = await connectTo(server);
      await server.setSudo('none');
      await expect(connection.stat('/etc')).rejects.toMatchObject({
        code: 'ssh.command-refused',
        peerSaid: expect.stringContaining('not in the sudoers file'),
      });
      await connection.close();
    }));
});
