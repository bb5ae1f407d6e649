import { createHash, createHmac, createPublicKey, type JsonWebKey, randomBytes, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What the server refuses with: an ACME problem and its HTTP status. */
export class Refusal extends Error {
  readonly status: number;
  readonly type: string;
  readonly more: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    type: string,
    detail: string,
    more: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(detail);
    this.status = status;
    this.type = type;
    this.more = more;
    this.headers = headers;
  }
}

export interface StrictAccount {
  url: string;
  jwk: JsonWebKey;
  thumbprint: string;
  contact: string[];
  eabKeyId: string | null;
  status: 'valid' | 'deactivated';
}

export interface Signed {
  payload: unknown;
  /** True for POST-as-GET. */
  empty: boolean;
  account: StrictAccount | null;
  jwk: JsonWebKey;
  thumbprint: string;
}

/** Nonces given out and not yet used; each is good once. */
export function makeNonces() {
  const open = new Set<string>();
  return {
    make(): string {
      const nonce = randomBytes(16).toString('base64url');
      open.add(nonce);
      return nonce;
    },
    use: (nonce: unknown): boolean => typeof nonce === 'string' && open.delete(nonce),
  };
}

const isBase64url = (text: unknown): text is string =>
  typeof text === 'string' && /^[A-Za-z0-9_-]*$/.test(text);
const decode = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
const malformed = (detail: string) => new Refusal(400, 'malformed', detail);

function thumbprintOf({ crv, kty, x, y }: JsonWebKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

/** Everything RFC 8555 6.2 to 6.5 demands of a request, or a Refusal. */
export function checkSigned(
  request: IncomingMessage,
  body: Buffer,
  url: string,
  spendNonce: (nonce: unknown) => boolean,
  accountOf: (kid: string) => StrictAccount | undefined,
  by: 'jwk' | 'kid',
): Signed {
  if (request.headers['content-type'] !== 'application/jose+json')
    throw new Refusal(415, 'malformed', 'the content type is not application/jose+json');
  if (!request.headers['user-agent']) throw malformed('there is no User-Agent');
  const jws = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  if (Object.keys(jws).sort().join() !== 'payload,protected,signature')
    throw malformed('not a flattened JWS');
  const { protected: header, payload, signature } = jws;
  if (!isBase64url(header) || !isBase64url(payload) || !isBase64url(signature))
    throw malformed('not base64url');
  const fields = decode(header) as {
    alg?: unknown;
    nonce?: unknown;
    url?: unknown;
    kid?: unknown;
    jwk?: JsonWebKey;
  };
  if (fields.alg !== 'ES256') throw new Refusal(400, 'badSignatureAlgorithm', `alg ${fields.alg}`);
  if ((fields.kid === undefined) === (fields.jwk === undefined))
    throw malformed('exactly one of jwk and kid');
  if ((by === 'jwk') !== (fields.jwk !== undefined)) throw malformed(`this resource wants ${by}`);
  if (fields.url !== url) throw new Refusal(400, 'unauthorized', `signed for ${fields.url}, sent to ${url}`);
  const account = typeof fields.kid === 'string' ? accountOf(fields.kid) : null;
  if (account === undefined) throw new Refusal(400, 'accountDoesNotExist', 'no such account');
  const jwk = account?.jwk ?? (fields.jwk as JsonWebKey);
  if (jwk.d !== undefined) throw malformed('the private key was sent');
  const good = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!good) throw malformed('the signature is wrong');
  if (!spendNonce(fields.nonce))
    throw new Refusal(400, 'badNonce', 'this nonce was not given out or was used');
  if (account?.status === 'deactivated') throw new Refusal(403, 'unauthorized', 'the account is deactivated');
  return {
    payload: payload === '' ? null : decode(payload),
    empty: payload === '',
    account,
    jwk,
    thumbprint: thumbprintOf(jwk),
  };
}

/** RFC 8555 7.3.4. Gives the key id. */
export function checkBinding(
  binding: unknown,
  jwk: JsonWebKey,
  url: string,
  macKeyOf: (keyId: string) => string | undefined,
): string {
  if (typeof binding !== 'object' || binding === null)
    throw new Refusal(403, 'externalAccountRequired', 'an external account binding is required');
  const { protected: header, payload, signature } = binding as Record<string, string>;
  if (!isBase64url(header) || !isBase64url(payload) || !isBase64url(signature))
    throw malformed('the binding is not base64url');
  const fields = decode(header) as Record<string, unknown>;
  if (fields.alg !== 'HS256') throw malformed('the binding wants HS256');
  if (fields.nonce !== undefined) throw malformed('the binding must have no nonce');
  if (fields.url !== url) throw malformed('the binding is for another url');
  const macKey = typeof fields.kid === 'string' ? macKeyOf(fields.kid) : undefined;
  if (macKey === undefined) throw new Refusal(403, 'unauthorized', 'no such external account');
  const expected = createHmac('sha256', Buffer.from(macKey, 'base64url'))
    .update(`${header}.${payload}`)
    .digest();
  if (!expected.equals(Buffer.from(signature, 'base64url')))
    throw new Refusal(403, 'unauthorized', 'wrong MAC');
  if (thumbprintOf(decode(payload) as JsonWebKey) !== thumbprintOf(jwk))
    throw malformed('the binding is about another key');
  return String(fields.kid);
}
