import { createRouterClient } from '@orpc/server';
import { describe, expect, test } from 'vitest';
import { failureFrom } from '#test/make/commands.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import {
  aVault,
  keyFile,
  made,
  prepareCredentialCommands,
  sealed,
  storename,
  used,
  vault,
} from './credential-commands.ts';

prepareCredentialCommands();

describe('changing a credential', () => {
  const update = (changes: Record<string, unknown>, id = 'a') =>
    made.call.credentials.update({ storename, id, changes });

  test('keeps what is not named', async () => {
    const { path } = keyFile('id', 'one');
    await made.call.credentials.add({
      storename,
      id: 'a',
      username: 'u',
      password: 'p',
      privatekeypath: path,
      passphrase: 'one',
    });
    const before = sealed('a');
    expect(await update({ username: 'v' })).toMatchObject({ username: 'v', hasPassword: true });
    expect(sealed('a')).toEqual(before);
    expect(await update({ password: 'q' })).toMatchObject({
      username: 'v',
      privateKey: { hasPassphrase: true },
    });
    expect(sealed('a')).toEqual({ ...before, password: 'q' });
    expect(made.audit().at(-1)?.sentence).toBe(
      'The credential "a" of the store "trustkeep-store" was changed: password.',
    );
    expect(await update({ privatekeypath: null, username: null })).toMatchObject({
      privateKey: null,
      username: null,
    });
    expect(sealed('a')).toEqual({ password: 'q' });
  });

  test('drops the old passphrase with the old key', async () => {
    const first = keyFile('one', 'one');
    const second = keyFile('two');
    await made.call.credentials.add({ storename, id: 'a', privatekeypath: first.path, passphrase: 'one' });
    const changed = await update({ privatekeypath: second.path });
    expect(changed.privateKey?.hasPassphrase).toBe(false);
    expect(sealed('a')).toEqual({ 'private-key': second.pem });
  });

  test('tries another passphrase on the key that is kept', async () => {
    const { path, pem } = keyFile('id', 'one');
    await made.call.credentials.add({ storename, id: 'a', privatekeypath: path, passphrase: 'one' });
    expect((await failureFrom(update({ passphrase: 'two' }))).code).toBe('private-key.passphrase-wrong');
    expect((await failureFrom(update({ passphrase: null }))).code).toBe('private-key.passphrase-needed');
    await update({ passphrase: 'one' });
    expect(sealed('a')).toEqual({ 'private-key': pem, passphrase: 'one' });
  });

  const wrong: [string, Record<string, unknown>, string, RegExp][] = [
    [
      'the last thing to log in with',
      { password: null },
      'input.invalid',
      /needs a password or a private key/,
    ],
    ['another id', { id: 'b' }, 'input.invalid', /There is no option "id"/],
    ['a passphrase for no key', { passphrase: 'x' }, 'input.invalid', /without a private key/],
    ['a number for a name', { username: 7 }, 'input.invalid', /^User name must be text\.$/],
  ];
  test.each(wrong)('refuses %s', async (_what, changes, code, sentence) => {
    await made.call.credentials.add({ storename, id: 'a', password: 'p' });
    const failure = await failureFrom(update(changes));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(sentence);
    expect(sealed('a')).toEqual({ password: 'p' });
  });

  test('that is not there says so', async () => {
    expect(await failureFrom(update({ password: 'x' }, 'zzz'))).toMatchObject({
      code: 'credential.not-found',
      message: 'The store "trustkeep-store" has no credential "zzz".',
    });
  });
});

describe('the list', () => {
  test('comes in pages by id, with the users of each, and opens no secret', async () => {
    for (const id of ['c', 'a', 'b2', 'b1'])
      await made.call.credentials.add({ storename, id, password: 'x' });
    used('web1', 'b1');
    const open = made.database.secrets.open;
    made.database.secrets.open = () => {
      throw new Error('a secret was opened');
    };
    try {
      const first = await made.call.credentials.list({ storename, limit: 3 });
      expect(first).toMatchObject({ total: 4, more: true });
      expect(first.items.map(({ id, usedBy }) => [id, usedBy.map(({ name }) => name)])).toEqual([
        ['a', []],
        ['b1', ['web1']],
        ['b2', []],
      ]);
      const rest = await made.call.credentials.list({ storename, limit: 3, after: 'b2' });
      expect(rest).toMatchObject({ items: [{ id: 'c' }], more: false });
      const found = await made.call.credentials.list({ storename, search: 'B' });
      expect(found).toMatchObject({ items: [{ id: 'b1' }, { id: 'b2' }], total: 2, more: false });
      const shown = await made.call.credentials.get({ storename, id: 'b1' });
      expect(shown).toMatchObject({ hasPassword: true, usedBy: [{ name: 'web1' }], about: [] });
    } finally {
      made.database.secrets.open = open;
    }
  });
});

describe('showing one', () => {
  const held = () => ({
    username: 'deploy',
    domain: 'CORP',
    password: Secret.of('Held-s3cret'),
    privateKey: null,
    passphrase: null,
    changeInProcess: true,
    about: ['version 3'],
  });

  test('of a vault asks the vault now, and masks', async () => {
    await aVault();
    const given: ReturnType<typeof held>[] = [];
    vault.holds['servers/web1'] = () => {
      const one = held();
      given.push(one);
      return one;
    };
    const ask = () => made.call.credentials.get({ storename: 'vault1', id: 'servers/web1' });
    const shown = await ask();
    expect(shown).toMatchObject({
      store: 'vault1',
      id: 'servers/web1',
      username: 'CORP\\deploy',
      hasPassword: true,
      hasPrivateKey: false,
      about: ['version 3', 'a password change is in process'],
    });
    expect(JSON.stringify(shown)).not.toContain('Held-s3cret');
    await ask();
    expect(given).toHaveLength(2);
  });

  test('of a vault says what its key is, or why it cannot be read', async () => {
    await aVault();
    const key = (text: string) => () => ({ ...held(), password: null, privateKey: Secret.of(text) });
    vault.holds.good = key(keyFile('id').pem);
    vault.holds.bad = key('hello');
    const ask = async (id: string) =>
      (await made.call.credentials.get({ storename: 'vault1', id })).keySentence;
    expect(await ask('good')).toMatch(/^ssh-ed25519 SHA256:/);
    expect(await ask('bad')).toContain('cannot be used: it is damaged');
  });

  test('reveals to the command line, with an audit row, and never to a window', async () => {
    await made.call.credentials.add({ storename, id: 'a', username: 'u', password: 'Kept-s3cret' });
    expect(await made.call.credentials.reveal({ storename, id: 'a' })).toEqual({
      username: 'u',
      password: 'Kept-s3cret',
      privateKey: null,
      passphrase: null,
    });
    expect(made.audit().at(-1)).toMatchObject({
      action: 'credentials.reveal',
      outcome: 'ok',
      sentence: 'The secrets of the credential "a" of the store "trustkeep-store" were shown.',
    });
    const caller = { origin: 'gui' as const, actor: 'tester' };
    const window = createRouterClient(made.router, { context: { caller } });
    const failure = await failureFrom(window.credentials.reveal({ storename, id: 'a' }));
    expect(failure).toMatchObject({ code: 'credential.reveal-not-here', retry: 'never' });
    expect(made.audit().at(-1)).toMatchObject({
      action: 'credentials.reveal',
      outcome: 'refused',
      origin: 'gui',
    });
    expect(JSON.stringify(made.audit())).not.toContain('Kept-s3cret');
  });
});

describe('removing', () => {
  test('takes the row and what was sealed for it', async () => {
    const { rowId } = await made.call.credentials.add({ storename, id: 'a', password: 'x' });
    await made.call.credentials.remove({ storename, id: 'a' });
    expect(made.database.secrets.list(rowId)).toEqual([]);
    expect((await failureFrom(made.call.credentials.get({ storename, id: 'a' }))).code).toBe(
      'credential.not-found',
    );
  });

  test('is refused with the users while there are any', async () => {
    await made.call.credentials.add({ storename, id: 'a', password: 'x' });
    used('web1', 'a');
    used('web2', 'b');
    const failure = await failureFrom(made.call.credentials.remove({ storename, id: 'a' }));
    expect(failure.code).toBe('credential.in-use');
    expect(failure.message).toBe(
      'The credential "a" of the store "trustkeep-store" is used by 1 endpoint: web1.',
    );
    expect(sealed('a')).toEqual({ password: 'x' });
  });
});
