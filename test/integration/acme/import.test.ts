import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeTestOrder, obtain } from '#test/make/acme.ts';
import { startAgent, tempDirectory } from '#test/make/agent.ts';
import { certbotIn, legoIssues } from '#test/servers/acme-clients.ts';
import { have } from '#test/servers/available.ts';
import { type Pebble, startPebble } from '#test/servers/pebble.ts';
import { acmeMaker, canRunPebble, namesIn } from './with-pebble.ts';

const acme = acmeMaker();

/** Every file below a folder, with what it holds and when it was changed. */
function filesIn(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  const files = paths.filter((path) => statSync(path).isFile());
  return Object.fromEntries(
    files.map((path) => [path, `${statSync(path).mtimeMs} ${readFileSync(path, 'base64')}`]),
  );
}

function fileIn(folder: string, name: string): string {
  const found = Object.keys(filesIn(folder)).find((path) => path.endsWith(name));
  if (found === undefined) throw new Error(`no ${name} in ${folder}`);
  return found;
}

const clients = canRunPebble && have('certbot') && have('lego');

describe.skipIf(!clients)('an account that another client registered', () => {
  let pebble: Pebble;
  let other: Pebble;
  const shared = tempDirectory('import-clients');
  let open: { remove(): void }[] = [];
  const folder = (files: Record<string, string> = {}): string => {
    const made = tempDirectory('import');
    open.push(made);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(made.path, name, '..'), { recursive: true });
      writeFileSync(join(made.path, name), text);
    }
    return made.path;
  };
  let certbot: string;
  let lego: string;

  beforeAll(async () => {
    [pebble, other] = await Promise.all([startPebble({ alwaysValid: true }), startPebble()]);
    const one = await certbotIn(shared.path, pebble);
    await one.issue('certbot.example');
    await legoIssues(shared.path, pebble, 'lego.example');
    certbot = join(one.home, 'accounts');
    lego = join(shared.path, 'lego');
  });
  afterAll(async () => {
    await Promise.all([pebble?.stop(), other?.stop()]);
    shared.remove();
  });
  afterEach(() => {
    for (const one of open) one.remove();
    open = [];
  });

  /** As the shell script keeps it: the key as PEM, and what it noted as lines for a shell. */
  function shellFolder(): string {
    const { uri } = JSON.parse(readFileSync(fileIn(certbot, 'regr.json'), 'utf8')) as { uri: string };
    const jwk = JSON.parse(readFileSync(fileIn(certbot, 'private_key.json'), 'utf8'));
    const key = createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs1', format: 'pem' });
    return folder({
      'ca/acme.example/directory/account.key': key.toString(),
      'ca/acme.example/directory/ca.conf': `CA_KEY_HASH='abc='\nACCOUNT_URL='${uri}'\n`,
    });
  }

  test.each([
    ['certbot', () => certbot],
    ['lego', () => lego],
    ['acme.sh', shellFolder],
  ])('by %s is read, asked for and used, and its files stay as they are', async (client, place) => {
    const path = place();
    const before = filesIn(path);
    const { authority, state } = acme(pebble);
    const imported = await authority.account.importFrom(path);
    expect(imported).toMatchObject({ client, account: { status: 'valid', eabKeyId: null } });
    expect(Object.keys(before)).toContain(imported.keyFile);
    expect(filesIn(path)).toEqual(before);
    expect(await authority.account.look()).toEqual(imported.account);
    const requests = acme(pebble, { state });
    expect(
      namesIn(await obtain(requests.authority, await makeTestOrder([`${client}.import.example`]))),
    ).toContain(`${client}.import.example`);
    expect(requests.requests.filter((line) => line.includes('sign-me-up'))).toEqual([]);
    expect(state.secrets.get('account-key')?.text()).toContain('PRIVATE KEY');
  });

  test('takes the place of the present one, which stays at the CA', async () => {
    const { authority } = acme(pebble);
    await authority.test();
    const before = await authority.account.look();
    const { account } = await authority.account.importFrom(fileIn(lego, '@shop.example.key'));
    expect(account.url).not.toBe(before?.url);
    expect((await authority.test()).ok).toBe(true);
    expect(await authority.account.look()).toEqual(account);
  });

  test('of another CA is not kept, and the present one stays', async () => {
    const { authority } = acme(other);
    await authority.test();
    const before = await authority.account.look();
    await expect(authority.account.importFrom(certbot)).rejects.toMatchObject({
      code: 'acme.account-does-not-exist',
      message: expect.stringMatching(
        /has no account for the key in .*private_key\.json\. Nothing was changed\.$/,
      ),
      hint: expect.stringContaining('staging'),
    });
    expect(await authority.account.look()).toEqual(before);
  });

  test('is chosen by the CA that its client noted, where there are several', async () => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    const path = folder({
      'accounts/other.example/directory/1/private_key.json': JSON.stringify(jwk),
      'accounts/other.example/directory/1/regr.json': '{"uri":"https://other.example/acct/1"}',
    });
    symlinkSync(certbot, join(path, 'accounts/linked'));
    symlinkSync(path, join(path, 'accounts/round'));
    const imported = await acme(pebble).authority.account.importFrom(path);
    expect(imported.keyFile).toContain('/accounts/linked/');
  });

  const pem = (type: 'ed25519' | 'ec') => {
    const pair =
      type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync(type);
    return pair.privateKey;
  };
  const plain = () => pem('ec').export({ type: 'pkcs8', format: 'pem' }).toString();
  const secret = 'c2VjcmV0LWJpdHMtb2YtYS1rZXk';

  test.each<[string, () => Record<string, string>, string, RegExp]>([
    ['that is not there', () => ({}), 'acme.import-nothing', /has no account of certbot, lego or acme\.sh\./],
    [
      'beside another',
      () => ({ 'a/account.key': plain(), 'b/account.key': plain() }),
      'acme.import-several',
      /has 2 accounts: .*\/a\/account\.key, /,
    ],
    [
      'that is cut off',
      () => ({ 'x/private_key.json': `{"kty":"RSA","d":"${secret}` }),
      'acme.import-unreadable',
      /does not contain an unencrypted private key/,
    ],
    [
      'without the private part',
      () => ({ 'x/private_key.json': '{"kty":"RSA","n":"AQAB","e":"AQAB"}' }),
      'acme.import-unreadable',
      /does not contain an unencrypted private key/,
    ],
    [
      'under a passphrase',
      () => ({
        'account.key': pem('ec')
          .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'word' })
          .toString(),
      }),
      'acme.import-unreadable',
      /does not contain an unencrypted private key/,
    ],
    [
      'of a kind that no CA takes here',
      () => ({ 'account.key': pem('ed25519').export({ type: 'pkcs8', format: 'pem' }).toString() }),
      'acme.import-unreadable',
      /a key of a type that/,
    ],
    [
      'as large as no key is',
      () => ({ 'account.key': plain() + '\n'.repeat(70_000) }),
      'acme.import-unreadable',
      /account\.key cannot be read/,
    ],
  ])('%s is refused, and nothing was sent', async (_what, files, code, message) => {
    const { authority, requests } = acme(pebble);
    const refused = await authority.account.importFrom(folder(files())).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
    expect(JSON.stringify([refused, String((refused as Error).cause)])).not.toContain(secret);
    expect(requests).toEqual([]);
  });

  test('by command: needs a whole path, is in the audit log, and its key is nowhere to be read', async () => {
    const data = tempDirectory('import-agent');
    open.push(data);
    const agent = await startAgent({ dataDirectory: data.path });
    try {
      await agent.call.authorities.add({
        ...{ kind: 'acme', name: 'le', directory_url: pebble.directoryUrl, trusted_roots: pebble.rootPem },
        agree_to_terms: true,
      });
      const le = { authority: 'le' };
      await expect(agent.call.authorities.accountImport({ ...le, path: 'accounts' })).rejects.toThrow(
        'absolute',
      );
      const imported = await agent.call.authorities.accountImport({ ...le, path: certbot });
      const rows = (await agent.call.audit.list({})).map(({ sentence }) => sentence);
      expect(rows).toContain(
        `The account ${imported.account.url} of certbot was imported for "le", with the key in ${imported.keyFile}.`,
      );
      expect((await agent.call.authorities.accountShow(le)).account).toEqual(imported.account);
      const { d } = JSON.parse(readFileSync(imported.keyFile, 'utf8')) as { d: string };
      const bits = Buffer.from(d, 'base64url').subarray(0, 24);
      const stored = Object.keys(filesIn(data.path)).map((path) => readFileSync(path));
      for (const content of [...stored, Buffer.from(JSON.stringify([imported, rows]))]) {
        expect(content.includes(bits)).toBe(false);
        expect(content.includes(bits.toString('base64'))).toBe(false);
        expect(content.includes(d.slice(0, 32))).toBe(false);
      }
    } finally {
      await agent.close();
    }
  });
});
