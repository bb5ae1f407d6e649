import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Failure } from '#shared/failure.ts';

/** What is signed of one file of an update. */
export interface Statement {
  version: string;
  channel: string;
  /** As Node names them: `linux`, `win32`, `darwin`; `x64`, `arm64`. */
  platform: string;
  arch: string;
  /** File name alone. */
  name: string;
  size: number;
  /** Base64. */
  sha512: string;
}

/** One signature of it. */
export interface StatementSignature {
  /** The key's own: see `keyId`. */
  key: string;
  /** Ed25519, base64. */
  value: string;
}

const format = 'trustkeep-update-1';
const product = 'trustkeep';

/**
 * The text that is signed: format number, product, then each fact on a line of its own. No fact may hold a line break:
 * throws where one does.
 * @internal
 */
export function statementText(statement: Statement): Buffer {
  const { version, channel, platform, arch, name, size, sha512 } = statement;
  const lines = Object.entries({ product, version, channel, platform, arch, name, size, sha512 }).map(
    ([what, value]) => `${what}: ${value}`,
  );
  if (lines.some((line) => /[^\x20-\x7e]/.test(line)))
    throw new Failure(
      'update.not-signed',
      'The feed describes a file with characters that no file of Trustkeep has.',
    );
  return Buffer.from(`${[format, ...lines].join('\n')}\n`, 'utf8');
}

/** Names a key: the first eight bytes of the SHA-256 of its 32, as hex. @internal */
export function keyId(rawKey: string): string {
  return createHash('sha256').update(Buffer.from(rawKey, 'base64')).digest('hex').slice(0, 16);
}

function publicKeyOf(rawKey: string): KeyObject {
  const x = Buffer.from(rawKey, 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** Throws `update.no-keys` where there is no key: then no answer of a feed could count, and none need be asked for. */
export function refuseWithoutKeys(keys: readonly string[]): void {
  if (keys.length > 0) return;
  throw new Failure('update.no-keys', 'This build of Trustkeep holds no key to check updates with.', {
    hint: 'Install a release of Trustkeep. Nothing was downloaded.',
  });
}

/** Throws `update.not-signed` unless one of the keys made one of the signatures, `update.no-keys` where there is no key. */
export function refuseUnsigned(
  statement: Statement,
  signatures: readonly StatementSignature[],
  keys: readonly string[],
): void {
  refuseWithoutKeys(keys);
  const text = statementText(statement);
  const isSigned = keys.some((key) =>
    signatures.some((one) => one.key === keyId(key) && isBy(publicKeyOf(key), text, one.value)),
  );
  if (isSigned) return;
  const why = signatures.length === 0 ? 'has no signature' : 'does not have a valid signature';
  throw new Failure(
    'update.not-signed',
    `Trustkeep ${statement.version} in the feed ${why} of the publisher.`,
    {
      hint: 'Nothing was installed. Check the address of the feed; if it is right, tell whoever runs it.',
    },
  );
}

function isBy(key: KeyObject, text: Buffer, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  return bytes.length === 64 && verify(null, text, key, bytes);
}
