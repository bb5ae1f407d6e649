import { createPrivateKey } from 'node:crypto';
import { keyPassword, writePart, writePfx } from '../../electron/pki/key-store/pfx.ts';
import {
  bagTypes,
  certificateContent,
  friendlyNameAttribute,
  localKeyIdAttribute,
  writeBag,
} from '../../electron/pki/key-store/pfx-bags.ts';
import { encryptKey } from '../../electron/pki/key-store/pfx-keys.ts';
import type { Mac } from '../../electron/pki/key-store/pfx-mac.ts';
import { Salts } from '../../electron/pki/key-store/salts.ts';
import type { PasswordScheme } from '../../electron/pki/password-scheme.ts';
import { Work } from '../../electron/pki/work.ts';
import { sequence } from '../../electron/pki/write-der.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import type { MadeLeaf } from './certificates.ts';

/** PKCS#12 files bag by bag, protected quickly. */
const quickScheme: PasswordScheme = {
  kind: 'pkcs12',
  cipher: '3DES',
  salt: Buffer.alloc(8, 1),
  rounds: 1,
};
const quickMac: Mac = { kind: 'pkcs12', hash: 'sha256', salt: Buffer.alloc(8, 2), rounds: 1 };

/** Attributes by name and by what ties a key to its certificate; null: it has none. */
export const attributesOf = (name: string | null, id: string | null): Buffer[] => [
  ...(name === null ? [] : [friendlyNameAttribute(name)]),
  ...(id === null ? [] : [localKeyIdAttribute(Buffer.from(id))]),
];

/** A key, encrypted with a password. */
export async function keyBag(
  leaf: Pick<MadeLeaf, 'keyPem'>,
  attributes: readonly Buffer[],
  password: string,
  scheme = quickScheme,
): Promise<Buffer> {
  const tools = { salts: new Salts(Secret.of(Buffer.alloc(32, 3))), work: new Work() };
  const pkcs8 = createPrivateKey(leaf.keyPem).export({ type: 'pkcs8', format: 'der' });
  return writeBag(
    bagTypes.shroudedKey,
    await encryptKey(pkcs8, scheme, keyPassword(password), tools),
    attributes,
  );
}

export const certificateBag = (der: Uint8Array, attributes: readonly Buffer[]): Buffer =>
  writeBag(bagTypes.certificate, certificateContent(der), attributes);

/** A file of one part that holds these bags. */
export async function pfxOf(
  bags: readonly Buffer[],
  password: string,
  { mac = quickMac, scheme = null }: { mac?: Mac | null; scheme?: PasswordScheme | null } = {},
): Promise<Buffer> {
  const forms = keyPassword(password);
  const part = await writePart(scheme, sequence(...bags), forms, new Work());
  return writePfx(sequence(part), mac, forms, new Work());
}
