import { createHash, createHmac, createPublicKey, type KeyObject, sign } from 'node:crypto';

interface Jwk {
  crv: string;
  kty: string;
  x: string;
  y: string;
}

/** An account key at work: by `kid` (account URL) once there is one, before that by the key itself. */
export interface Signer {
  key: KeyObject;
  jwk: Jwk;
  kid: string | null;
}

const base64url = (value: string | Uint8Array): string => Buffer.from(value as string).toString('base64url');

/** Members in the order RFC 7638 wants them, so that their JSON is also what the thumbprint is made of. */
export function jwkOf(key: KeyObject): Jwk {
  const { crv, kty, x, y } = createPublicKey(key as never).export({ format: 'jwk' }) as unknown as Jwk;
  return { crv, kty, x, y };
}

export function thumbprint(jwk: Jwk): string {
  return createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
}

/** One signed request (RFC 8555 6.2), ES256. `payload` null: POST-as-GET. */
export function signedBody(signer: Signer, url: string, nonce: string, payload: unknown): string {
  const who = signer.kid === null ? { jwk: signer.jwk } : { kid: signer.kid };
  return JSON.stringify(flattened(signer.key, { alg: 'ES256', nonce, url, ...who }, payload));
}

/** What a new key signs inside a request of the old one (RFC 8555 7.3.5): by the key itself, and without a nonce. */
export function innerSigned({ key, jwk }: Signer, url: string, payload: object): object {
  return flattened(key, { alg: 'ES256', jwk, url }, payload);
}

function flattened(key: KeyObject, header: object, payload: unknown): object {
  const protectedPart = base64url(JSON.stringify(header));
  const payloadPart = payload === null ? '' : base64url(JSON.stringify(payload));
  const data = Buffer.from(`${protectedPart}.${payloadPart}`);
  const signature = sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
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
