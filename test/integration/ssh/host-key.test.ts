import { describe, expect, test } from 'vitest';
import { connect } from '../../../electron/providers/connections/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { connectTo, connectTools, sshLogin, sshSettings } from '../../make/connection.ts';
import { canRunSshd, type HostKeyType, type Sshd, startSshd } from '../../servers/sshd.ts';

async function withServer(hostKeys: HostKeyType[], use: (server: Sshd) => Promise<void>): Promise<void> {
  const server = await startSshd({ hostKeys });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
}

/** Connects, closes, and gives the keys that were told on the way. */
async function seenBy(server: Sshd, hostKey: string | null, login = sshLogin(server)) {
  const told: { fingerprint: string; type: string }[] = [];
  const tools = { ...connectTools, onIdentity: (seen: (typeof told)[number]) => told.push(seen) };
  const outcome = await connect(sshSettings(server, { hostKey }), login, tools).then(
    (connection) => connection.close().then(() => null),
    (error: unknown) => error,
  );
  return { told, outcome };
}

describe.runIf(canRunSshd())('the host key', () => {
  test('is accepted and told, once, when none is pinned', () =>
    withServer(['rsa', 'ecdsa', 'ed25519'], async (server) => {
      const { told, outcome } = await seenBy(server, null);
      expect(outcome).toBeNull();
      expect(told).toEqual([{ fingerprint: server.hostKeyFingerprints.ed25519, type: 'ssh-ed25519' }]);
    }));

  test('is not told again when it is pinned', () =>
    withServer(['ed25519'], async (server) => {
      expect(await seenBy(server, server.hostKeyFingerprint)).toEqual({ told: [], outcome: null });
    }));

  test('is told also when the log-in is refused afterwards', () =>
    withServer(['ed25519'], async (server) => {
      const login = { privateKey: Secret.of((await startedKey()).privateKeyPem) };
      const { told, outcome } = await seenBy(server, null, login);
      expect(outcome).toMatchObject({ code: 'ssh.login-refused' });
      expect(told.map((one) => one.fingerprint)).toEqual([server.hostKeyFingerprint]);
    }));

  test('is refused when it is not the pinned one, before any credential is shown', () =>
    withServer(['ed25519'], async (server) => {
      const before = server.hostKeyFingerprint;
      await (await connectTo(server)).close();
      await server.rotateHostKey();
      const after = server.hostKeyFingerprint;
      expect(after).not.toBe(before);
      const { told, outcome } = await seenBy(server, before);
      expect(told).toEqual([]);
      expect(outcome).toMatchObject({
        code: 'ssh.host-key-changed',
        retry: 'needs-person',
        message: `The SSH host key of 127.0.0.1 is not the pinned one: expected ${before}, received ${after} (ssh-ed25519).`,
        hint: expect.stringContaining('tls update <endpoint> --host_key accept'),
      });
      expect(server.output()).not.toMatch(/Accepted|Failed/);
      expect(await seenBy(server, after)).toMatchObject({ outcome: null }); // accepted by pinning the new one
    }));

  test.each(['rsa', 'ecdsa', 'ed25519'] as const)(
    'is found when the pinned one is the %s key of a host with several',
    (type) =>
      withServer(['rsa', 'ecdsa', 'ed25519'], async (server) => {
        const pinned = server.hostKeyFingerprints[type] as string;
        expect(await seenBy(server, pinned)).toEqual({ told: [], outcome: null });
        const before = connections(server);
        expect(await seenBy(server, pinned)).toEqual({ told: [], outcome: null });
        expect(connections(server) - before).toBe(1); // its type is known by now and asked for first
      }),
  );

  test('counts as changed only when none of several is the pinned one', () =>
    withServer(['rsa', 'ecdsa', 'ed25519'], async (server) => {
      const pinned = server.hostKeyFingerprints.rsa as string;
      await seenBy(server, pinned);
      await server.rotateHostKey();
      const { outcome } = await seenBy(server, pinned);
      expect(outcome).toMatchObject({
        code: 'ssh.host-key-changed',
        message: expect.stringContaining(server.hostKeyFingerprints.rsa as string),
      });
    }));
});

function connections(server: Sshd): number {
  return server.output().match(/Connection from/g)?.length ?? 0;
}

/** Some other key pair that is not authorized. */
async function startedKey(): Promise<Sshd> {
  const other = await startSshd();
  await other.stop();
  return other;
}
