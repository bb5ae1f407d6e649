import { describe, expect, test } from 'vitest';
import { makeTestOrder, memoryState, obtain, untilDone } from '../../make/acme.ts';
import { first, front, hurried, preparePebbleBehind } from './misbehaving-pebble.ts';
import { acmeMaker, canRunPebble } from './with-pebble.ts';

const acme = acmeMaker();
const sentenceOf = async (authority: ReturnType<typeof acme>['authority']) => {
  const { ok, checks } = await authority.test();
  return { ok, sentence: checks.find(({ name }) => name === 'account')?.sentence };
};
const noteIn = (state: ReturnType<typeof memoryState>) =>
  JSON.parse(state.note('account') ?? 'null') as { url: string } | null;

describe.skipIf(!canRunPebble)('the account at a Pebble behind a server that misbehaves', () => {
  preparePebbleBehind();

  describe('the test of the authority says what the CA answered', () => {
    test('when it registers the first account', async () => {
      const { authority, state } = acme(front);
      const { ok, sentence } = await sentenceOf(authority);
      expect(ok).toBe(true);
      expect(sentence).toMatch(/^There was no account yet; the CA 127\.0\.0\.1:\d+ registered https:/);
      expect(sentence).toContain(noteIn(state)?.url);
    });

    test('when it is asked for one that is known here, also with an adapter that asked before', async () => {
      const { authority, state } = acme(front);
      await sentenceOf(authority);
      for (const adapter of [authority, acme(front, { state }).authority]) {
        const before = front.asked.length;
        expect((await sentenceOf(adapter)).sentence).toMatch(
          /^Asked for the account, the CA \S+ answered with https:\S+, valid\. Contact there: mailto:admin@example\.org\.$/,
        );
        expect(front.asked.slice(before)).toContain('newAccount');
      }
    });

    test('when it has forgotten the account', async () => {
      const { authority } = acme(front);
      await sentenceOf(authority);
      const forgotten = { type: 'urn:ietf:params:acme:error:accountDoesNotExist', detail: 'unknown' };
      front.misbehave(first(1, 'newAccount', { answer: 400, body: forgotten }));
      expect((await sentenceOf(authority)).sentence).toMatch(
        /did not have it; it was registered again as https:/,
      );
    });

    test('when it wants a binding even from who asks for the account', async () => {
      const { authority, state } = acme(front);
      await sentenceOf(authority);
      const body = { type: 'urn:ietf:params:acme:error:externalAccountRequired', detail: 'no binding' };
      front.misbehave(({ asked }) => (asked === 'newAccount' ? { answer: 403, body } : null));
      expect((await sentenceOf(authority)).sentence).toMatch(/answered with https:\S+, valid\./);
      expect(await authority.account.look()).toMatchObject({ url: noteIn(state)?.url, status: 'valid' });
      await authority.account.deactivate();
      expect((await sentenceOf(authority)).ok).toBe(false);
    });

    test('when it does not say in which state the account is', async () => {
      const { authority } = acme(front);
      await sentenceOf(authority);
      front.misbehave(first(1, 'newAccount', { change: { status: null, contact: null } }));
      expect((await sentenceOf(authority)).sentence).toMatch(/answered with https:\S+, without its state\.$/);
    });

    // vancluever/terraform-provider-acme#9, acmesh-official/acme.sh#3889, letsencrypt/pebble#179
    test.each([
      ['as Pebble does', null, /refuses the key of the account/],
      [
        'by the state of the account',
        { change: { status: 'deactivated' } },
        /says that the account \S+ is deactiv/,
      ],
      ['by another state', { change: { status: 'revoked' } }, /says that the account \S+ is revoked/],
      [
        'with status 401',
        {
          answer: 401,
          body: { type: 'urn:ietf:params:acme:error:unauthorized', detail: 'it is deactivated' },
        },
        /refuses the key of the account/,
      ],
    ])('when the account is over, told %s', async (_how, told, words) => {
      const { authority } = acme(front);
      await sentenceOf(authority);
      if (told === null) await authority.account.deactivate();
      else front.misbehave(first(1, 'newAccount', told));
      const { ok, sentence } = await sentenceOf(authority);
      expect(ok).toBe(false);
      expect(sentence).toMatch(words);
      expect(sentence).toContain('authorities account register');
    });
  });

  test('an order with a deactivated account says so, and not that permission is denied', async () => {
    const { authority } = acme(front);
    await obtain(authority, await makeTestOrder(['before.example']));
    await authority.account.deactivate();
    await expect(untilDone(authority, await makeTestOrder(['after.example']))).rejects.toMatchObject({
      code: 'acme.account-not-valid',
      retry: 'needs-person',
    });
  });

  test('a refusal that has another cause keeps its own words', async () => {
    const { authority } = acme(front);
    await sentenceOf(authority);
    const body = { type: 'urn:ietf:params:acme:error:unauthorized', detail: 'not for this name' };
    front.misbehave(first(1, 'newOrder', { answer: 403, body }));
    await expect(untilDone(authority, await makeTestOrder(['no.example']))).rejects.toMatchObject({
      code: 'acme.unauthorized',
      peerSaid: 'not for this name',
    });
  });

  test('a contact that was changed reaches the CA once, without waiting for an order', async () => {
    const { authority, state } = acme(front);
    await sentenceOf(authority);
    const settings = { contact: ['new@example.org', 'mailto:other@example.org'] };
    const changed = acme(front, { state, settings });
    await changed.authority.takeUp();
    expect((await changed.authority.account.look())?.contact).toEqual([
      'mailto:new@example.org',
      'mailto:other@example.org',
    ]);
    const asked = front.asked.filter((one) => one === 'account').length;
    await acme(front, { state, settings }).authority.takeUp();
    expect(front.asked.filter((one) => one === 'account')).toHaveLength(asked);
  });

  test('a contact the CA refuses stops no order, and the test of the authority shows it', async () => {
    const { authority, state } = acme(front);
    await sentenceOf(authority);
    const changed = acme(front, { state, settings: { contact: ['bad@localhost'] } });
    const body = { type: 'urn:ietf:params:acme:error:invalidContact', detail: 'no such domain' };
    front.misbehave(first(1, 'account', { answer: 400, body }));
    expect((await hurried(changed.authority, await makeTestOrder(['contact.example']))).status.state).toBe(
      'ready',
    );
    const { ok, checks } = await changed.authority.test();
    expect(ok).toBe(false);
    expect(checks.find(({ name }) => name === 'contact')?.sentence).toContain('does not accept the contact');
  });

  test('nothing is asked of a CA where there is no account yet', async () => {
    const { authority } = acme(front);
    await authority.takeUp();
    expect(await authority.account.look()).toBeNull();
    expect(front.asked).toEqual([]);
  });

  describe('a new key for the account', () => {
    test('is the one that later requests are signed with, and the old one is refused', async () => {
      const { authority, state } = acme(front);
      await obtain(authority, await makeTestOrder(['old-key.example']));
      const before = { account: await authority.account.look(), secrets: new Map(state.secrets) };
      const after = await authority.account.rollKey();
      expect(after?.url).toBe(before.account?.url);
      expect(after?.thumbprint).not.toBe(before.account?.thumbprint);
      await obtain(acme(front, { state }).authority, await makeTestOrder(['new-key.example']));
      const old = memoryState();
      for (const [name, value] of before.secrets) old.keepSecret(name, value);
      expect(await acme(front, { state: old }).authority.account.look()).toBeNull();
    });

    test.each(['all', 'half'] as const)(
      'whose answer was lost (%s of it) is found out at the next use',
      async (lose) => {
        const { authority, state } = acme(front);
        await obtain(authority, await makeTestOrder(['lost-key.example']));
        const before = await authority.account.look();
        front.misbehave(first(1, 'keyChange', { lose }));
        await expect(authority.account.rollKey()).rejects.toMatchObject({ retry: 'later' });
        await obtain(acme(front, { state }).authority, await makeTestOrder(['found-key.example']));
        const after = await acme(front, { state }).authority.account.look();
        expect(after?.url).toBe(before?.url);
        expect(after?.thumbprint).not.toBe(before?.thumbprint);
        expect([...state.secrets.keys()]).toEqual(['account-key']);
      },
    );

    test('that the CA refuses leaves the old one in force', async () => {
      const { authority, state } = acme(front);
      await obtain(authority, await makeTestOrder(['kept-key.example']));
      const before = await authority.account.look();
      const body = { type: 'urn:ietf:params:acme:error:malformed', detail: 'no' };
      front.misbehave(first(1, 'keyChange', { answer: 400, body }));
      await expect(authority.account.rollKey()).rejects.toMatchObject({ code: 'acme.malformed' });
      await obtain(acme(front, { state }).authority, await makeTestOrder(['still.example']));
      expect((await authority.account.look())?.thumbprint).toBe(before?.thumbprint);
    });

    test('is not asked of a CA whose directory names no address for it', async () => {
      front.misbehave(({ asked }) => (asked === 'directory' ? { change: { keyChange: null } } : null));
      const { authority } = acme(front);
      await sentenceOf(authority);
      await expect(authority.account.rollKey()).rejects.toMatchObject({ code: 'acme.not-offered' });
    });
  });

  test('a new account in place of a deactivated one has another key, and serves orders', async () => {
    const { authority, state } = acme(front);
    await obtain(authority, await makeTestOrder(['first.example']));
    const before = await authority.account.look();
    expect(await authority.account.deactivate()).toMatchObject({ status: 'deactivated', url: before?.url });
    await expect(authority.account.look()).rejects.toMatchObject({
      code: 'acme.account-not-valid',
      peerSaid: expect.stringContaining('is deactivated'),
    });
    const after = await authority.account.register();
    expect(after).toMatchObject({ status: 'valid' });
    expect(after?.url).not.toBe(before?.url);
    expect(after?.thumbprint).not.toBe(before?.thumbprint);
    await obtain(acme(front, { state }).authority, await makeTestOrder(['second.example']));
    expect(noteIn(state)?.url).toBe(after?.url);
  });

  test('neither key is in a note', async () => {
    const { authority, state } = acme(front);
    await sentenceOf(authority);
    await authority.account.rollKey();
    expect(JSON.stringify([...state.notes])).not.toMatch(/PRIVATE KEY|"d"/);
  });
});
