import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { exec } from '#kit/exec.ts';
import { silentLog } from '#kit/log.ts';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { failureFrom } from '#test/make/commands.ts';
import { connectTools } from '#test/make/connection.ts';
import { logInto } from '#test/make/log-lines.ts';
import { canRunSshd, type Sshd, startSshd } from '#test/servers/sshd.ts';
import { type CredentialReader, makeCredentialReader } from '../../../electron/agent/credentials.ts';
import { openStored } from '../../../electron/agent/open-connection.ts';
import { connect } from '../../../electron/providers/connections/registry.ts';
import type {
  CredentialStore,
  StoredCredential,
} from '../../../electron/providers/credential-stores/credential-store.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const first = 'Pw-first zqmarkqz';
const second = 'Pw-second zqmarkqz';

async function run(argv: [string, ...string[]], stdin = ''): Promise<void> {
  const { code, stderr } = await exec({ argv, stdin: Buffer.from(stdin), timeoutMs: 30_000 });
  if (code !== 0) throw new Error(`${argv[0]}: ${stderr.toString()}`);
}

const setPassword = (user: string, password: string) => run(['chpasswd'], `${user}:${password}\n`);

/** Everything with a real OpenSSH server, a real agent and its own store; the vault of the last part is played. */
describe.runIf(canRunSshd())(
  'an endpoint over SSH with a credential of a store (needs sshd and root)',
  () => {
    let sshd: Sshd;
    let agent: TestAgent;
    let directory: ReturnType<typeof tempDirectory>;
    const storename = 'trustkeep-store';

    beforeEach(async () => {
      directory = tempDirectory('store-endpoints');
      sshd = await startSshd({ user: { password: first }, allow: { publickey: true, password: true } });
      agent = await startAgent({ dataDirectory: directory.path });
      writeFileSync(join(sshd.home, 'site.pem'), '', { mode: 0o644 });
    });
    afterEach(async () => {
      await agent.close();
      await sshd.stop();
      directory.remove();
    });

    const base = (id = 'web') => ({
      type: 'pem' as const,
      name: 'site',
      path: join(sshd.home, 'site.pem'),
      connection_type: 'ssh',
      host: sshd.host,
      port: sshd.port,
      store: storename,
      store_cred_id: id,
    });
    const keep = (more: Record<string, string>) =>
      agent.call.credentials.add({ storename, id: 'web', username: sshd.user, ...more });
    /** Its discovery has ended, so that nobody else logs in. */
    async function added() {
      await keep({ password: first });
      const { endpoint, taskId } = await agent.call.endpoints.add(base());
      await agent.until(taskId ?? '');
      return endpoint;
    }
    const said = (checks: { sentence: string }[]) => checks.map(({ sentence }) => sentence).join('\n');

    test('logs in with its user name and password, and says which credential it was', async () => {
      await keep({ password: first });
      const { endpoint, probe, taskId } = await agent.call.endpoints.add(base());
      expect(endpoint.connection).toMatchObject({ auth: 'credential-store', user: '' });
      expect(endpoint.connection).toMatchObject({ hostKey: sshd.hostKeyFingerprint });
      const used = `user ${sshd.user}, password from credential "web" of store "trustkeep-store"`;
      expect(said(probe.checks)).toContain(used);
      const task = await agent.until(taskId ?? '');
      expect(task.steps[0]?.sentence).toContain(
        `Logged in: ssh ${sshd.user}@127.0.0.1:${sshd.port}, ${used}`,
      );
      expect(JSON.stringify([endpoint, task, agent.database.audit.list(undefined, 99)])).not.toContain(
        'zqmarkqz',
      );
    });

    test('logs in with a private key that has a passphrase, given only by path', async () => {
      const path = join(directory.path, 'locked-key');
      await run(['cp', sshd.privateKeyPath, path]);
      await run(['ssh-keygen', '-p', '-q', '-a', '1', '-f', path, '-P', '', '-N', 'phrase zqmarkqz']);
      expect(await readFile(path, 'utf8')).toContain('OPENSSH PRIVATE KEY');
      await keep({ privatekeypath: path, passphrase: 'phrase zqmarkqz' });
      const { probe } = await agent.call.endpoints.add(base());
      expect(said(probe.checks)).toContain('private key from credential "web" of store "trustkeep-store"');
    });

    test('picks a password up at once that was changed in the store', async () => {
      await added();
      await setPassword(sshd.user, second);
      const refused = await agent.call.endpoints.probe({ endpoint: 'site' });
      expect(refused.checks).toMatchObject([{ name: 'log-in', ok: false }]);
      expect(said(refused.checks)).toContain(
        `refused user ${sshd.user} with password from credential "web" of store "trustkeep-store"`,
      );
      await agent.call.credentials.update({ storename, id: 'web', changes: { password: second } });
      const report = await agent.call.endpoints.probe({ endpoint: 'site' });
      expect(report.checks.some(({ name, ok }) => name === 'log-in' && !ok)).toBe(false);
      expect(said(report.checks)).toContain('Connected: ');
    });

    test('is not stored with an id that cannot be read, and says so', async () => {
      await keep({ password: first });
      const missing = await failureFrom(agent.call.endpoints.add(base('nope')));
      expect(missing).toMatchObject({
        code: 'credential.not-found',
        message:
          'The login of "site" could not be read: There is no credential "nope" in credential store "trustkeep-store".',
      });
      const slash = await failureFrom(agent.call.endpoints.add(base('servers/web')));
      expect(slash.code).toBe('credential.bad-id');
      expect(agent.database.endpoints.list()).toEqual([]);
    });

    test('shows where it is used, and keeps what it uses from being removed', async () => {
      await keep({ password: first });
      const { endpoint } = await agent.call.endpoints.add(base());
      const { items } = await agent.call.credentials.list({ storename });
      expect(items).toMatchObject([
        { id: 'web', usedBy: [{ kind: 'endpoint', id: endpoint.id, name: 'site' }] },
      ]);
      const failure = await failureFrom(agent.call.credentials.remove({ storename, id: 'web' }));
      expect(failure.message).toContain('site');
    });

    test('whose sealed password is gone says so in its probe, and the others go on', async () => {
      await keep({ password: first });
      await agent.call.endpoints.add(base());
      const row = agent.database.credentials.get(agent.database.credentialStores.list()[0]?.id ?? '', 'web');
      // sealed for another name: what a moved row looks like
      agent.database.secrets.remove(row?.rowId ?? '', 'password');
      const report = await agent.call.endpoints.probe({ endpoint: 'site' });
      expect(report.checks).toMatchObject([{ name: 'credential', ok: false }]);
      expect(said(report.checks)).toContain(
        'The password of credential "web" in credential store "trustkeep-store" is damaged',
      );
      const other = { storename, id: 'other', username: sshd.user, password: first };
      await agent.call.credentials.add(other);
      const moved = await agent.call.endpoints.update({
        endpoint: 'site',
        changes: { store_cred_id: 'other' },
      });
      expect(said(moved.probe?.checks ?? [])).toContain('from credential "other"');
    });

    describe('in a vault that is changing it', () => {
      /** The old password with the word of the vault that it is being changed, until it is. */
      class Rotating implements CredentialStore {
        readonly description = 'a vault';
        reads = 0;
        changed = false;
        async read(): Promise<StoredCredential> {
          this.reads++;
          return {
            ...{ username: sshd.user, domain: null, privateKey: null, passphrase: null, about: [] },
            password: Secret.of(this.changed ? second : first),
            changeInProcess: !this.changed,
          };
        }
        verify = async () => ({ ok: true, checks: [], at: 0 });
        close = async () => {};
      }
      const lines: string[] = [];
      /** As the server of this test wrote them down, which may be a moment after it answered. */
      const refusals = () => sshd.output().match(/Failed password/g)?.length ?? 0;
      const waiting = { timeout: 60_000, interval: 20 };

      function partsOver(credentials: CredentialReader, sleep: () => Promise<void>) {
        return {
          database: agent.database,
          credentials,
          log: logInto(lines),
          clock: { ...systemClock, sleep },
          openEndpoint: async (row, login, tools) => {
            const connection = await connect(row.connection, login, {
              ...connectTools,
              ...tools,
            });
            return { connection, endpoint: { close: async () => {} } } as never;
          },
        } satisfies Parameters<typeof openStored>[0];
      }

      test('gets in with the new one after a moment, with one refused try', async () => {
        const endpoint = await added();
        await setPassword(sshd.user, second);
        const vault = new Rotating();
        const reader = makeCredentialReader({ store: () => vault, clock: systemClock, log: silentLog });
        const open = await openStored(
          partsOver(reader, async () => {
            vault.changed = true;
          }),
          endpoint.id,
        );
        expect(open.connection.credentialUsed).toContain('from credential "web"');
        await open.connection.close();
        expect(vault.reads).toBe(2);
        await expect.poll(refusals, waiting).toBe(1);
        expect(lines.join('\n')).toContain('is being changed');
        expect(lines.join('\n')).not.toContain('zqmarkqz');
      });

      test('is refused after the second try, when the host knows neither', async () => {
        const endpoint = await added();
        await setPassword(sshd.user, 'Pw-third');
        const vault = new Rotating();
        const reader = makeCredentialReader({ store: () => vault, clock: systemClock, log: silentLog });
        const opened = openStored(
          partsOver(reader, async () => {}),
          endpoint.id,
        );
        await expect(opened).rejects.toMatchObject({ code: 'ssh.login-refused' });
        await expect.poll(refusals, waiting).toBe(2);
      });
    });
  },
);
