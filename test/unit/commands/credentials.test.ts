import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureFrom, makeCommands, unguessable } from '#test/make/commands.ts';
import { scriptStores, type VaultScript } from '#test/make/credential-stores.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

let made: Awaited<ReturnType<typeof makeCommands>>;
let vault: VaultScript;
beforeEach(async () => {
  made = await makeCommands();
  vault = scriptStores(made.tools);
});
afterEach(() => made.close());

const storename = 'trustkeep-store';
const rowOf = (id: string) => {
  const store = made.database.credentialStores.find(storename);
  const row = made.database.credentials.get(store?.id ?? '', id);
  if (row === null) throw new Error(`there is no ${id}`);
  return row;
};
const sealed = (id: string) => {
  const { rowId } = rowOf(id);
  const { secrets } = made.database;
  return Object.fromEntries(secrets.list(rowId).map((name) => [name, secrets.open(rowId, name)?.text()]));
};

/** A key in a file of its own; with a passphrase when one is given. */
function keyFile(name: string, passphrase?: string): { path: string; pem: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const locked = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', ...locked }).toString();
  const path = join(made.directory, name);
  writeFileSync(path, pem);
  return { path, pem };
}

function used(by: string, credentialId: string): void {
  const store = made.database.credentialStores.find(storename)?.id ?? '';
  made.database.endpoints.insert(
    anEndpoint({
      name: by,
      connection: {
        type: 'ssh',
        host: 'h',
        port: 22,
        user: '',
        auth: 'credential-store',
        hostKey: null,
        store,
        storeCredentialId: credentialId,
      },
    }),
  );
}

describe('adding a credential', () => {
  test('seals what is secret, and says of the audit its id only', async () => {
    const password = unguessable();
    const added = await made.call.credentials.add({
      storename,
      id: 'web 1@dc',
      username: 'deploy',
      password,
    });
    expect(added).toMatchObject({
      id: 'web 1@dc',
      username: 'deploy',
      hasPassword: true,
      privateKey: null,
      usedBy: [],
    });
    expect(added.rowId).toMatch(/^cr_[0-9a-z]{16}$/);
    expect(sealed('web 1@dc')).toEqual({ password });
    expect(JSON.stringify([added, made.audit()])).not.toContain(password);
    expect(made.audit()).toMatchObject([
      {
        action: 'credentials.add',
        subject: added.rowId,
        sentence: 'The credential "web 1@dc" was added to the store "trustkeep-store".',
      },
    ]);
  });

  test('reads a private key once from its path, and what it is', async () => {
    const { path, pem } = keyFile('id');
    const added = await made.call.credentials.add({
      storename,
      id: 'k',
      username: 'u',
      privatekeypath: path,
    });
    rmSync(path);
    expect(added.privateKey).toMatchObject({ type: 'ssh-ed25519', hasPassphrase: false });
    expect(added.privateKey?.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    expect(sealed('k')).toEqual({ 'private-key': pem });
  });

  test('opens an encrypted key with its passphrase before it is kept', async () => {
    const { path, pem } = keyFile('id', 'open sesame');
    const input = { storename, id: 'k', privatekeypath: path };
    const needed = await failureFrom(made.call.credentials.add(input));
    expect(needed).toMatchObject({
      code: 'private-key.passphrase-needed',
      message: 'The SSH private key for the credential "k" is encrypted and no passphrase was given.',
    });
    const wrong = await failureFrom(made.call.credentials.add({ ...input, passphrase: 'shut' }));
    expect(wrong.code).toBe('private-key.passphrase-wrong');
    expect(made.database.credentials.count(made.database.credentialStores.find(storename)?.id ?? '')).toBe(0);
    const added = await made.call.credentials.add({ ...input, passphrase: 'open sesame' });
    expect(added.privateKey?.hasPassphrase).toBe(true);
    expect(sealed('k')).toEqual({ 'private-key': pem, passphrase: 'open sesame' });
  });

  test('keeps no passphrase for a key that needs none', async () => {
    const { path, pem } = keyFile('id');
    const input = { storename, id: 'k', privatekeypath: path, passphrase: 'spare' };
    expect((await made.call.credentials.add(input)).privateKey?.hasPassphrase).toBe(false);
    expect(sealed('k')).toEqual({ 'private-key': pem });
  });

  const wrong: [string, Record<string, string>, string, RegExp][] = [
    [
      'an id with a slash',
      { id: 'a/b', password: 'x' },
      'input.invalid',
      /^The credential ID "a\/b" must not contain a slash/,
    ],
    ['an id with a backslash', { id: 'a\\b', password: 'x' }, 'input.invalid', /slash or backslash\.$/],
    ['an id with a line end', { id: 'a\nb', password: 'x' }, 'input.invalid', /control characters\.$/],
    [
      'an id with a space at its end',
      { id: 'a ', password: 'x' },
      'input.invalid',
      /begin or end with a space\.$/,
    ],
    [
      'an id of 256 characters',
      { id: 'x'.repeat(256), password: 'x' },
      'input.invalid',
      /^Credential ID must be between 1 and 255 characters long\.$/,
    ],
    ['half a character', { id: '\ud800', password: 'x' }, 'input.invalid', /must be text\.$/],
    ['no id', { password: 'x' }, 'input.invalid', /^Credential ID is required\.$/],
    [
      'nothing to log in with',
      { id: 'a', username: 'u' },
      'input.invalid',
      /^The credential "a" needs a password or a private key\.$/,
    ],
    [
      'a passphrase for no key',
      { id: 'a', password: 'x', passphrase: 'y' },
      'input.invalid',
      /without a private key/,
    ],
    [
      'a key that is somewhere',
      { id: 'a', privatekeypath: 'id' },
      'input.invalid',
      /^Private key path must be an absolute path/,
    ],
    [
      'a key that is not there',
      { id: 'a', privatekeypath: '/nowhere/id' },
      'key-file.unreadable',
      /^There is no private key at \/nowhere\/id\.$/,
    ],
    [
      'a key that is none',
      { id: 'a', privatekeypath: '/etc/hostname' },
      'private-key.unreadable',
      /cannot be used: it is damaged/,
    ],
    [
      'a store that is not there',
      { storename: 'none', id: 'a', password: 'x' },
      'credential-store.not-found',
      /^There is no credential store "none"\.$/,
    ],
  ];
  test.each(wrong)('is refused for %s', async (_what, input, code, sentence) => {
    const failure = await failureFrom(
      made.call.credentials.add({ storename, ...input } as { storename: string; id: string }),
    );
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(sentence);
  });

  test('twice is refused, and by any other name is not', async () => {
    await made.call.credentials.add({ storename, id: 'a', password: 'x' });
    const again = await failureFrom(made.call.credentials.add({ storename, id: 'a', password: 'y' }));
    expect(again.code).toBe('credential.exists');
    expect(sealed('a')).toEqual({ password: 'x' });
    await made.call.credentials.add({ storename, id: 'A', password: 'y' });
    expect((await made.call.credentials.list({ storename })).total).toBe(2);
  });

  test('to a vault is for those who keep the vault', async () => {
    await aVault();
    for (const call of [
      made.call.credentials.add({ storename: 'vault1', id: 'a', password: 'x' }),
      made.call.credentials.update({ storename: 'vault1', id: 'a', changes: { username: 'x' } }),
      made.call.credentials.remove({ storename: 'vault1', id: 'a' }),
      made.call.credentials.list({ storename: 'vault1' }),
    ]) {
      const failure = await failureFrom(call);
      expect(failure.code).toBe('credential-store.read-only');
      expect(failure.message).toContain('"vault1" are kept in a Vault');
    }
  });
});

const aVault = () =>
  made.call.credentialStores.add({
    kind: 'hashicorp',
    storename: 'vault1',
    vaulturl: 'https://vault.example',
    rootpath: 'secret',
    token: 't',
  });

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
