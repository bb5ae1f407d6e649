import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import { type MailServer, startMailServer } from '#test/servers/mail-server.ts';
import { makeTlsMaterial, type TlsMaterial } from '#test/servers/tls-material.ts';

const directory = tempDirectory('email');
const elsewhere = tempDirectory('email-other');
const login = { user: 'trustkeep', password: 'correct horse battery' };
let agent: TestAgent;
let tls: TlsMaterial;
/** Its root issued nothing that is shown here. */
let other: TlsMaterial;
let server: MailServer | null = null;

beforeAll(async () => {
  other = await makeTlsMaterial(elsewhere.path);
  tls = await makeTlsMaterial(directory.path);
  agent = await startAgent({ dataDirectory: directory.path });
});
afterEach(async () => {
  for (const { id } of await agent.call.channels.list({})) await agent.call.channels.remove({ channel: id });
  await server?.stop();
  server = null;
});
afterAll(async () => {
  await agent?.close();
  directory.remove();
  elsewhere.remove();
});

async function mail(options: Partial<Parameters<typeof startMailServer>[0]>): Promise<MailServer> {
  server = await startMailServer({ tls, ...options });
  return server;
}

/** Adds a channel to the server and sends a test over it. */
async function tested(some: Record<string, string | number | string[]>) {
  const { id } = await agent.call.channels.add({
    ...{ kind: 'email', name: 'ops', host: 'localhost', port: server?.port ?? 0 },
    ...{ from: 'trustkeep@example.org', to: ['ops@example.org', 'mara@example.org'] },
    ...{ trusted_roots: tls.rootPem, ...some },
  });
  return agent.call.channels.test({ channel: id });
}

describe('a letter', () => {
  test('goes over STARTTLS with the login, to all recipients, as plain text that says it is a test', async () => {
    const { letters } = await mail({ login });
    expect(await tested({ ...login })).toMatchObject({ ok: true, failure: null, failingSince: null });
    expect(letters).toMatchObject([
      { from: 'trustkeep@example.org', to: ['ops@example.org', 'mara@example.org'], secure: true },
    ]);
    expect(letters[0]?.user).toBe(login.user);
    expect(letters[0]?.text).toMatch(/^Subject: \[Trustkeep\] Test of the channel ops\r$/m);
    expect(letters[0]?.text).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(letters[0]?.text).toContain('A test of Trustkeep on');
  });

  test('goes over TLS from the first byte, and without a login where none is asked', async () => {
    const { letters } = await mail({ implicit: true });
    expect((await tested({ security: 'tls' })).ok).toBe(true);
    expect(letters).toMatchObject([{ secure: true, user: null }]);
  });

  test('goes in clear only where that was chosen', async () => {
    const { letters } = await mail({ clear: true });
    expect((await tested({ security: 'none' })).ok).toBe(true);
    expect(letters).toMatchObject([{ secure: false, user: null }]);
    await expect(tested({ name: 'other', security: 'none', ...login })).rejects.toThrow(
      'A login is not sent over a connection that is not encrypted.',
    );
  });
});

describe('a server that cannot be used', () => {
  test.each([
    ['refuses the login', { login: { ...login, password: 'another' } }, { ...login }, 'email.login-refused'],
    ['has a certificate of an unknown CA', { login }, { ...login, trusted_roots: 'none' }, 'email.untrusted'],
    ['does not offer STARTTLS', { login, clear: true }, { ...login }, 'email.no-starttls'],
    ['refuses the recipients', { refuses: 550 }, {}, 'email.refused'],
    ['is busy', { refuses: 451 }, {}, 'email.busy'],
  ] as const)('%s', async (_what, options, { ...given }: Record<string, string>, code) => {
    const { letters, heard } = await mail(options);
    if (given.trusted_roots === 'none') given.trusted_roots = other.rootPem;
    const report = await tested(given);
    expect(report).toMatchObject({ ok: false, failure: { code } });
    expect(report.failingSince).toBe(report.at);
    expect(letters).toEqual([]);
    expect(JSON.stringify(report)).not.toContain(login.password);
    // nothing of the login was told to a server that did not prove who it is
    if (code === 'email.untrusted' || code === 'email.no-starttls') expect(heard).toEqual([]);
    const [shown] = await agent.call.channels.list({});
    expect(shown?.report).toEqual(report);
  });

  test('does not answer', async () => {
    const { port, stop } = await mail({});
    await stop();
    server = null;
    const report = await tested({ port });
    expect(report.failure).toMatchObject({ code: 'email.unreachable', retry: 'later' });
  });
});

test('what is no address is refused before anything is stored', async () => {
  await mail({});
  for (const to of [['ops@example.org>\r\nBcc: x@example.org'], ['ops'], ['a@b, c']])
    await expect(tested({ to })).rejects.toThrow(/^To must be an email address/);
  expect(await agent.call.channels.list({})).toEqual([]);
});

test('the password is sealed, kept by an update, and gone with the channel', async () => {
  await mail({ login });
  expect((await tested({ ...login })).ok).toBe(true);
  const [channel] = await agent.call.channels.list({});
  const id = channel?.id ?? '';
  expect(JSON.stringify(channel)).not.toContain(login.password);
  await agent.call.channels.update({ channel: 'ops', changes: { to: ['other@example.org'], name: 'night' } });
  expect((await agent.call.channels.test({ channel: 'night' })).ok).toBe(true);
  expect(agent.database.secrets.list(id)).toEqual(['password']);
  // and never goes to another server
  const host = '127.0.0.1';
  const update = (changes: Record<string, unknown>) =>
    agent.call.channels.update({ channel: 'night', changes });
  await expect(update({ host })).rejects.toThrow('Password was given for another value of Host.');
  expect((await update({ host, password: login.password })).settings).toMatchObject({ host });
  await update({ host: 'localhost', user: null, password: null });
  expect(agent.database.secrets.list(id)).toEqual([]);
  await update({ user: login.user, password: login.password });
  await agent.call.channels.remove({ channel: id });
  expect(agent.database.secrets.list(id)).toEqual([]);
});
