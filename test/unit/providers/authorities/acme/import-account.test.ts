import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { silentLog as log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { type MadeState, makeState } from '#test/make/authority-state.ts';
import { acmeSettings } from '#test/make/rows.ts';
import { Accounts } from '../../../../../electron/providers/authorities/acme/account.ts';
import type { AcmeAnswer, AcmeClient } from '../../../../../electron/providers/authorities/acme/client.ts';
import type { ForeignAccount } from '../../../../../electron/providers/authorities/acme/foreign-account.ts';
import { Secret } from '../../../../../electron/secrets/secret.ts';

const settings = acmeSettings();
const pem = () =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
const theirs = pem();
const noted = 'https://ca.example/acct/noted';
const found = (): ForeignAccount => ({
  ...{ client: 'certbot', keyFile: '/etc/letsencrypt/private_key.json', url: noted },
  key: Secret.of(theirs),
});

let state: MadeState;
beforeEach(() => {
  state = makeState();
  state.secrets.set('account-key', pem());
  state.notes.set(
    'account',
    JSON.stringify({ directoryUrl: settings.directoryUrl, url: 'https://ca.example/1' }),
  );
});

/** Accounts at a CA that answers so to who asks for the account of a key. */
function accountsAt(answer: { url: string; status: string } | null) {
  const client = {
    ca: 'ca.example',
    directory: async () => ({ newAccount: 'https://ca.example/new-account' }),
    async post(): Promise<AcmeAnswer> {
      if (answer === null) throw new Failure('acme.account-does-not-exist', 'There is none.');
      const body = Buffer.from(JSON.stringify({ status: answer.status }));
      return { ...{ status: 200, retryAfterMs: null, links: () => [] }, location: answer.url, body };
    },
  } as unknown as AcmeClient;
  return new Accounts({ settings, state, client, log });
}

test('an account that the CA confirms takes the place of the present one, under the address that the CA gives', async () => {
  state.secrets.set('account-key-next', pem());
  const url = 'https://ca.example/acct/7';
  expect(await accountsAt({ url, status: 'valid' }).importFrom(found())).toMatchObject({ url });
  expect(state.secrets.get('account-key')).toBe(theirs);
  expect(state.secrets.has('account-key-next')).toBe(false);
  expect(JSON.parse(state.notes.get('account') ?? '')).toMatchObject({ url });
});

test.each([
  ['has no account for', null, 'acme.account-does-not-exist'],
  ['has ended', { url: noted, status: 'deactivated' }, 'acme.account-not-valid'],
  ['has revoked', { url: noted, status: 'revoked' }, 'acme.account-not-valid'],
])('a key that the CA %s changes nothing', async (_what, answer, code) => {
  const before = [[...state.secrets], [...state.notes]];
  await expect(accountsAt(answer).importFrom(found())).rejects.toMatchObject({ code });
  expect([[...state.secrets], [...state.notes]]).toEqual(before);
});
