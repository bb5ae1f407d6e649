import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { failureFrom, unguessable } from '#test/make/commands.ts';
import {
  aVault,
  keyFile,
  made,
  prepareCredentialCommands,
  sealed,
  storename,
} from './credential-commands.ts';

prepareCredentialCommands();

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
