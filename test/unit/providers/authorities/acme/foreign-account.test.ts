import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tempDirectory } from '#test/make/agent.ts';
import { foreignAccount } from '../../../../../electron/providers/authorities/acme/foreign-account.ts';

let directory: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  directory = tempDirectory('foreign');
});
afterEach(() => directory.remove());

function put(name: string, content = '{'): void {
  const file = join(directory.path, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
}
/** Root, and Windows, whose modes close nothing. */
const readsAll = (process.getuid?.() ?? 0) === 0;
const found = () => foreignAccount(directory.path, 'https://ca.example/directory');
const refused = () => found().catch((thrown: unknown) => thrown);
const ec = (namedCurve = 'P-256') => generateKeyPairSync('ec', { namedCurve }).privateKey;
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const jwk = (key: KeyObject) => JSON.stringify(key.export({ format: 'jwk' }));

test('one account in a folder that was not read to its end is not taken for the only one', async () => {
  put('a/account.key');
  put('b/c/d/e/f/g/h/i/other');
  expect(await refused()).toMatchObject({
    message: expect.stringContaining(`${join('a', 'account.key')} does not`),
  });
  put('b/c/d/e/f/g/h/i/j/account.key');
  expect(await refused()).toMatchObject({
    code: 'acme.import-unreadable',
    message: expect.stringMatching(/^\S+ was not read to its end, .* Nothing was changed\.$/),
  });
});

test('a folder that this account is not allowed to read is named, and is not said to have no account', async () => {
  put('accounts/private_key.json');
  const closed = join(directory.path, 'accounts');
  chmodSync(closed, 0o000);
  const message = readsAll ? 'private_key.json does not' : `${closed} cannot be read by the`;
  expect(await refused()).toMatchObject({
    code: 'acme.import-unreadable',
    message: expect.stringContaining(message),
  });
  chmodSync(closed, 0o700);
});

describe('the account of this CA', () => {
  const here = 'https://ca.example/acct/1';
  const there = 'https://other.example/acct/2';

  /** The files of each client for one account that it registered at this address. */
  const clients: Record<string, (server: string, url: string) => void> = {
    certbot(server, uri) {
      put(`accounts/${server}/directory/1/private_key.json`, jwk(ec()));
      put(`accounts/${server}/directory/1/regr.json`, JSON.stringify({ body: {}, uri }));
    },
    lego(server, uri) {
      put(`accounts/${server}/me@shop.example/keys/me@shop.example.key`, pem(ec()));
      put(`accounts/${server}/me@shop.example/account.json`, JSON.stringify({ registration: { uri } }));
      put(`certificates/${server}.key`, pem(ec()));
    },
    'acme.sh'(server, url) {
      put(`ca/${server}/directory/account.key`, pem(ec()));
      put(`ca/${server}/directory/ca.conf`, `CA_KEY_HASH='a='\nACCOUNT_URL='${url}'\n`);
      put(`${server}/${server}.key`, pem(ec()));
    },
  };

  test.each(Object.keys(clients))('is told from that of another one by what %s noted', async (client) => {
    clients[client]?.('other.example', there);
    clients[client]?.('ca.example', here);
    expect(await found()).toMatchObject({
      client,
      url: here,
      keyFile: expect.stringContaining(`${sep}ca.example${sep}`),
    });
  });

  test.each(Object.keys(clients))('is not asked for where %s noted another CA', async (client) => {
    clients[client]?.('other.example', there);
    expect(await found()).toMatchObject({ client, url: null });
  });

  test('is not chosen by chance where there are two', async () => {
    put('a/account.key', pem(ec()));
    put('b/account.key', pem(ec()));
    expect(await refused()).toMatchObject({
      code: 'acme.import-several',
      message: expect.stringMatching(
        /has 2 accounts: .*a[\\/]account\.key, .*b[\\/]account\.key\. Nothing was/,
      ),
    });
  });

  test('is found once where a link leads back', async () => {
    put('ca/a/account.key', pem(ec()));
    symlinkSync(directory.path, join(directory.path, 'ca/round'));
    symlinkSync('nowhere', join(directory.path, 'ca/lost'));
    expect((await found()).keyFile).toBe(join(directory.path, 'ca/a/account.key'));
  });

  test.each(['P-256', 'P-384', 'P-521'])('may have a key on %s', async (curve) => {
    put('account.key', pem(ec(curve)));
    expect((await found()).key.text()).toContain('PRIVATE KEY');
  });

  test.each<[string, () => KeyObject]>([
    ['ed25519', () => generateKeyPairSync('ed25519').privateKey],
    ['secp256k1', () => ec('secp256k1')],
  ])('has no key of the type %s', async (_type, key) => {
    put('account.key', pem(key()));
    expect(await refused()).toMatchObject({
      code: 'acme.import-unreadable',
      message: expect.stringContaining('a key of a type that Trustkeep does not sign ACME requests with'),
    });
  });

  test('has a key that is as small as keys are', async () => {
    put('account.key', pem(ec()) + '\n'.repeat(70_000));
    expect(await refused()).toMatchObject({
      code: 'acme.import-unreadable',
      message: expect.stringMatching(/account\.key cannot be read\./),
    });
  });
});
