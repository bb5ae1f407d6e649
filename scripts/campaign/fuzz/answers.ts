import type { z } from 'zod';
import { linksOf, retryAfterMs } from '../../../electron/providers/authorities/acme/headers.ts';
import * as acme from '../../../electron/providers/authorities/acme/wire.ts';
import type { JsonAnswer } from '../../../electron/providers/credential-stores/common/over-http.ts';
import * as ccp from '../../../electron/providers/credential-stores/cyberark/wire.ts';
import * as delinea from '../../../electron/providers/credential-stores/delinea-secret-server/wire.ts';
import * as vault from '../../../electron/providers/credential-stores/hashicorp/wire.ts';
import { Failure } from '../../../shared/failure.ts';
import { breakJson } from './break-json.ts';
import type { Reader } from './reader.ts';
import { breakText } from './texts.ts';

const url = 'https://ca.example/acme';
const identifier = { type: 'dns', value: 'www.example.org' };
const error = {
  type: 'urn:ietf:params:acme:error:dns',
  detail: 'no such name',
  subproblems: [{ identifier }],
};

/** Samples by RFC 8555 7.1 and RFC 9773 4. */
const ofAcme: [string, z.ZodType, unknown][] = [
  [
    'directory',
    acme.directory,
    {
      ...{ newNonce: url, newAccount: url, newOrder: url, keyChange: url, renewalInfo: url },
      meta: { termsOfService: url, externalAccountRequired: true, profiles: { short: 'six days' } },
    },
  ],
  ['account', acme.account, { status: 'valid', contact: ['mailto:a@example.org'], orders: url }],
  [
    'order',
    acme.acmeOrder,
    {
      ...{ status: 'pending', identifiers: [identifier], authorizations: [url, url], finalize: url },
      ...{ certificate: url, profile: 'short', expires: '2026-12-01T00:00:00Z', error },
    },
  ],
  [
    'authorization',
    acme.authorization,
    {
      ...{ identifier, status: 'pending', wildcard: false },
      challenges: [{ type: 'http-01', url, status: 'pending', token: 'abc', error }],
    },
  ],
  [
    'renewal information',
    acme.renewalInfo,
    { suggestedWindow: { start: '2026-12-01T00:00:00Z', end: '2026-12-02T00:00:00Z' }, explanationURL: url },
  ],
  ['problem', acme.problem, error],
];

/** Samples by the API pages of the products. */
const ofStores: [string, z.ZodType, unknown][] = [
  [
    'Vault login',
    vault.authAnswer,
    { auth: { client_token: 'hvs.x', lease_duration: 3600, renewable: true, policies: ['default'] } },
  ],
  ['Vault KV 1', vault.kv1Answer, { data: { username: 'deploy', password: 'x' } }],
  [
    'Vault KV 2',
    vault.kv2Answer,
    {
      data: { data: { username: 'deploy' }, metadata: { version: 3, created_time: '2026-01-01T00:00:00Z' } },
    },
  ],
  [
    'CCP account',
    ccp.account,
    { Content: 'x', UserName: 'deploy', Safe: 'web', PasswordChangeInProcess: 'False' },
  ],
  ['Secret Server grant', delinea.grant, { access_token: 'x', token_type: 'bearer', expires_in: 1199 }],
  [
    'Secret Server secret',
    delinea.secret,
    {
      id: 7,
      name: 'web',
      active: true,
      items: [{ slug: 'password', fieldName: 'Password', itemValue: 'x' }],
    },
  ],
];

/** Answers of authorities and of credential stores, and the headers that come with them. */
export const answers: readonly Reader[] = [
  ...ofAcme.map(
    ([name, shape, sample]): Reader => ({
      name: `ACME ${name}`,
      share: 4,
      make: (chance) => breakJson(sample, chance),
      read: (bytes) => acme.readAs(shape, bytes, name, url),
      refuses: (thrown) => thrown instanceof Failure && thrown.code === 'acme.unexpected-answer',
    }),
  ),
  ...ofStores.map(
    ([name, shape, sample]): Reader => ({
      name,
      share: 4,
      make: (chance) => breakJson(sample, chance),
      read: (bytes) => vault.readAs(shape, answerOf(bytes), 'the store'),
      refuses: (thrown) => thrown instanceof Failure && thrown.code.startsWith('credential-store.'),
    }),
  ),
  {
    name: 'Link header',
    share: 10,
    make: (chance) =>
      Buffer.from(
        breakText(
          `<${url}/1>;rel="alternate", <${url}/2>; rel=up;title="a, b"`,
          ['<', '>', ';', '"', ',', '='],
          chance,
        ),
      ),
    read: (bytes) => linksOf(bytes.toString('utf8'), 'alternate', url),
    refuses: () => false,
  },
  {
    name: 'Retry-After header',
    share: 10,
    make: (chance) =>
      Buffer.from(breakText('Wed, 21 Oct 2026 07:28:00 GMT', ['-', ' ', '9', ':', '+'], chance)),
    read: (bytes) => mustBeAWait(retryAfterMs(bytes.toString('utf8'), 1_780_000_000_000)),
    refuses: () => false,
  },
];

function answerOf(bytes: Buffer): JsonAnswer {
  return { status: 200, json: asJson(bytes), headers: {}, shown: 'JSON', tail: (words) => words };
}

function asJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A wait that is no number would be no wait, and one without end would be for ever. */
function mustBeAWait(ms: number | null): void {
  if (ms !== null && !(ms >= 0 && ms <= 24 * 60 * 60_000)) throw new Error(`a wait of ${ms} ms`);
}
