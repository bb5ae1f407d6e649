import { createHash, createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { Failure } from '#shared/failure.ts';

type Jwk = { crv: string; kty: 'EC'; x: string; y: string } | { e: string; kty: 'RSA'; n: string };

/** An account key at work: by `kid` (account URL) once there is one, before that by the key itself. */
export interface Signer {
  key: KeyObject;
  jwk: Jwk;
  kid: string | null;
}

const base64url = (value: string | Uint8Array): string => Buffer.from(value as string).toString('base64url');

/** Members in the order RFC 7638 wants them, so that their JSON is also what the thumbprint is made of. */
export function jwkOf(key: KeyObject): Jwk {
  const jwk = createPublicKey(key as never).export({ format: 'jwk' }) as unknown as Jwk;
  return jwk.kty === 'RSA'
    ? { e: jwk.e, kty: jwk.kty, n: jwk.n }
    : { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
}

/** RFC 7518 3.1: what a key signs with. Account keys are on P-256; that of a certificate may be any. */
const curves: Readonly<Record<string, { alg: string; hash: string }>> = {
  'P-256': { alg: 'ES256', hash: 'sha256' },
  'P-384': { alg: 'ES384', hash: 'sha384' },
  'P-521': { alg: 'ES512', hash: 'sha512' },
};

function algorithmOf(jwk: Jwk): { alg: string; hash: string } {
  const known = jwk.kty === 'RSA' ? { alg: 'RS256', hash: 'sha256' } : curves[jwk.crv];
  if (known !== undefined) return known;
  throw new Failure('key.type-wrong', 'No request to a CA can be signed with a key of this type.', {
    hint: 'Use an RSA key, or an EC key on the curve P-256, P-384 or P-521.',
  });
}

export function thumbprint(jwk: Jwk): string {
  return createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
}

/** One signed request (RFC 8555 6.2). Throws `key.type-wrong`. `payload` null: POST-as-GET. */
export function signedBody(signer: Signer, url: string, nonce: string, payload: unknown): string {
  const who = signer.kid === null ? { jwk: signer.jwk } : { kid: signer.kid };
  return JSON.stringify(flattened(signer, { nonce, url, ...who }, payload));
}

/** What a new key signs inside a request of the old one (RFC 8555 7.3.5): by the key itself, and without a nonce. */
export function innerSigned(signer: Signer, url: string, payload: object): object {
  return flattened(signer, { jwk: signer.jwk, url }, payload);
}

function flattened({ key, jwk }: Signer, header: object, payload: unknown): object {
  const { alg, hash } = algorithmOf(jwk);
  const protectedPart = base64url(JSON.stringify({ alg, ...header }));
  const payloadPart = payload === null ? '' : base64url(JSON.stringify(payload));
  const data = Buffer.from(`${protectedPart}.${payloadPart}`);
  const signature = sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
  return { protected: protectedPart, payload: payloadPart, signature: signature.toString('base64url') };
}

/** External account binding (RFC 8555 7.3.4): the account key, signed with the MAC key the CA gave. */
export function externalBinding(jwk: Jwk, url: string, keyId: string, macKey: Uint8Array): object {
  const protectedPart = base64url(JSON.stringify({ alg: 'HS256', kid: keyId, url }));
  const payloadPart = base64url(JSON.stringify(jwk));
  const signature = createHmac('sha256', macKey)
    .update(`${protectedPart}.${payloadPart}`)
    .digest('base64url');
  return { protected: protectedPart, payload: payloadPart, signature };
}
