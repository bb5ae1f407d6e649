import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '../../make/agent.ts';
import { first, front, preparePebbleBehind } from './misbehaving-pebble.ts';
import { canRunPebble } from './with-pebble.ts';

describe.skipIf(!canRunPebble)('the account of an authority, by command', () => {
  preparePebbleBehind();
  let data: ReturnType<typeof tempDirectory>;
  let agent: TestAgent;
  const le = { authority: 'le' };

  beforeEach(async () => {
    data = tempDirectory('accounts');
    agent = await startAgent({ dataDirectory: data.path });
    await agent.call.authorities.add({
      ...{ kind: 'acme', name: 'le', directory_url: front.directoryUrl, trusted_roots: front.rootPem },
      ...{ agree_to_terms: true, contact: ['admin@example.org'] },
    });
  });
  afterEach(async () => {
    await agent.close();
    data.remove();
  });

  test('is none before the first use, and asking for it makes none', async () => {
    expect(await agent.call.authorities.accountShow(le)).toEqual({ account: null });
    expect(front.asked).toEqual([]);
  });

  test('gets a contact that is set by an update, before the update is answered', async () => {
    await agent.call.authorities.test(le);
    await agent.call.authorities.update({ ...le, changes: { contact: ['new@example.org'] } });
    const { account } = await agent.call.authorities.accountShow(le);
    expect(account?.contact).toEqual(['mailto:new@example.org']);
  });

  test('an update is stored although the CA does not answer, and is sent at the next use', async () => {
    await agent.call.authorities.test(le);
    front.misbehave(() => ({ answer: 503, body: '' }));
    await agent.call.authorities.update({ ...le, changes: { contact: ['later@example.org'] } });
    expect((await agent.call.authorities.show(le)).settings).toMatchObject({
      contact: ['mailto:later@example.org'],
    });
    front.misbehave(null);
    expect((await agent.call.authorities.accountUpdate(le)).contact).toEqual(['mailto:later@example.org']);
  });

  test('is shown, gets a new key, is deactivated and replaced, each with its audit row', async () => {
    await agent.call.authorities.test(le);
    const { account: before } = await agent.call.authorities.accountShow(le);
    const rolled = await agent.call.authorities.accountRollKey(le);
    expect(rolled).toMatchObject({ url: before?.url, status: 'valid' });
    expect(rolled.thumbprint).not.toBe(before?.thumbprint);
    const deactivate = (account?: string) => agent.call.authorities.accountDeactivate({ ...le, account });
    for (const other of [undefined, `${before?.url}0`])
      await expect(deactivate(other)).rejects.toMatchObject({
        data: {
          code: 'authority.account-not-confirmed',
          hint: expect.stringContaining(`--account ${before?.url}`),
        },
      });
    expect((await agent.call.authorities.accountShow(le)).account?.status).toBe('valid');
    expect((await deactivate(before?.url)).status).toBe('deactivated');
    expect((await agent.call.authorities.test(le)).ok).toBe(false);
    const after = await agent.call.authorities.accountRegister(le);
    expect(after).toMatchObject({ status: 'valid', eabKeyId: null });
    expect((await agent.call.authorities.test(le)).ok).toBe(true);
    const rows = (await agent.call.audit.list({})).map(({ sentence }) => sentence);
    expect(rows).toContain(`The CA of "le" accepted a new key for the account ${before?.url}.`);
    expect(rows).toContain(`The account ${before?.url} of "le" was deactivated at the CA.`);
    expect(rows).toContain(`The CA of "le" registered the account ${after.url}.`);
  });

  test('that the CA accepts is replaced only where it is named, one that is over without a word', async () => {
    await agent.call.authorities.test(le);
    const { account: before } = await agent.call.authorities.accountShow(le);
    const register = (account?: string) => agent.call.authorities.accountRegister({ ...le, account });
    for (const other of [undefined, `${before?.url}0`])
      await expect(register(other)).rejects.toMatchObject({
        data: {
          code: 'authority.account-not-confirmed',
          hint: expect.stringContaining(`account register le --account ${before?.url}`),
        },
      });
    expect((await agent.call.authorities.accountShow(le)).account).toEqual(before);
    const next = await register(before?.url);
    expect(next.url).not.toBe(before?.url);
    await agent.call.authorities.accountDeactivate({ ...le, account: next.url });
    expect((await register()).status).toBe('valid');
  });

  test('is not replaced while the CA only has something of a person to be done, or something in front of it refuses', async () => {
    await agent.call.authorities.test(le);
    const { account: before } = await agent.call.authorities.accountShow(le);
    const type = 'urn:ietf:params:acme:error:userActionRequired';
    for (const [body, code] of [
      [JSON.stringify({ type, detail: 'The terms have changed.' }), 'acme.user-action-required'],
      ['<h1>Blocked</h1>', 'acme.http-failed'],
    ] as const) {
      // the look alone: a new account would be registered
      front.misbehave(first(1, 'newAccount', { answer: 403, body }));
      await expect(agent.call.authorities.accountRegister(le)).rejects.toMatchObject({ data: { code } });
      front.misbehave(null);
    }
    expect((await agent.call.authorities.accountShow(le)).account).toEqual(before);
  });

  test('can be tested at an address of this machine alone', async () => {
    const set = (tls_alpn_address: string) =>
      agent.call.authorities.update({
        ...le,
        changes: { validation: 'tls-alpn-01-agent', tls_alpn_address, tls_alpn_port: 44_301 },
      });
    const answers = async () =>
      (await agent.call.authorities.test(le)).checks.filter(({ name }) => name === 'responder');
    await set('192.0.2.7');
    expect(await answers()).toMatchObject([
      { ok: false, sentence: expect.stringContaining('This machine has no address 192.0.2.7') },
    ]);
    await set('127.0.0.1');
    expect(await answers()).toMatchObject([{ ok: true }]);
    await set('0.0.0.0');
    expect(await answers()).toEqual([]);
  });

  test('is not there for a local authority, and that is said', async () => {
    await expect(agent.call.authorities.accountShow({ authority: 'trustkeep-local' })).rejects.toThrow(
      'A local authority has no account',
    );
  });
});
