import { keyPassword, writePart, writePfx } from '../../electron/pki/key-store/pfx.ts';
import {
  type Bag,
  bagTypes,
  certificateContent,
  friendlyNameAttribute,
  localKeyIdAttribute,
  secretContent,
  trustedAttribute,
  writeBag,
} from '../../electron/pki/key-store/pfx-bags.ts';
import { encryptKey } from '../../electron/pki/key-store/pfx-keys.ts';
import type { Mac } from '../../electron/pki/key-store/pfx-mac.ts';
import { Salts } from '../../electron/pki/key-store/salts.ts';
import type { PasswordScheme } from '../../electron/pki/password-scheme.ts';
import type { KdfHash } from '../../electron/pki/pkcs12-kdf.ts';
import { Work } from '../../electron/pki/work.ts';
import { octetString, oid, sequence, setOf, utf8 } from '../../electron/pki/write-der.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import type { Material, Pair } from './key-store-material.ts';
import type { Chance } from './random.ts';

const hashes: readonly KdfHash[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

/** What is written and read; RC2 is only read. */
function randomScheme(chance: Chance): PasswordScheme {
  const common = { salt: chance.bytes(8 + chance.int(16)), rounds: 1 + chance.int(20) };
  if (chance.int(2) === 0)
    return { kind: 'pkcs12', cipher: chance.pick(['3DES', '3DES with two keys']), ...common };
  const cipher = chance.pick(['AES-128', 'AES-192', 'AES-256', '3DES'] as const);
  const iv = chance.bytes(cipher === '3DES' ? 8 : 16);
  const keyLength = chance.pick([null, { 'AES-128': 16, 'AES-192': 24, 'AES-256': 32, '3DES': 24 }[cipher]]);
  return {
    ...{ kind: 'pbes2', cipher, iv },
    derivation: { kdf: 'pbkdf2', hash: chance.pick(hashes), keyLength, ...common },
  };
}

function randomMac(chance: Chance): Mac | null {
  const hash = chance.pick(hashes);
  const salt = chance.bytes(8 + chance.int(16));
  const rounds = 1 + chance.int(20);
  switch (chance.int(8)) {
    case 0:
      return null;
    case 1:
      return { kind: 'hmac', hash, salt, rounds };
    case 2:
      return {
        ...{ kind: 'pbmac1', hash, keySize: 32 },
        derivation: { kdf: 'pbkdf2', hash, salt, rounds, keyLength: 32 },
      };
    default:
      return { kind: 'pkcs12', hash, salt, rounds };
  }
}

const strangeAttribute = (chance: Chance): Buffer =>
  sequence(oid('1.3.6.1.4.1.311.17.1'), setOf(utf8(`provider ${chance.int(1000)}`)));

/** What other programs put into such a file beside keys and certificates. */
async function strangeBag(chance: Chance, scheme: PasswordScheme, tools: Tools): Promise<Buffer> {
  const name = [friendlyNameAttribute(`Fremd ${chance.int(1_000_000)}`)];
  switch (chance.int(4)) {
    case 0:
      return writeBag(
        bagTypes.revocations,
        sequence(oid('1.2.840.113549.1.9.23.1'), octetString(chance.bytes(20))),
        [],
      );
    case 1:
      return writeBag('1.3.6.1.4.1.99999.1', sequence(octetString(chance.bytes(30))), name);
    case 2: {
      const inside = writeBag(bagTypes.secret, secretContent('1.2.3.4', chance.bytes(16)), name);
      return writeBag(bagTypes.nested, sequence(inside), []);
    }
    default: {
      const key = sequence(octetString(chance.bytes(16)));
      const encrypted = await encryptKey(key, scheme, tools.password, tools);
      return writeBag(bagTypes.secret, secretContent(bagTypes.shroudedKey, encrypted), name);
    }
  }
}

interface Tools {
  salts: Salts;
  work: Work;
  password: ReturnType<typeof keyPassword>;
}

/**
 * A PKCS#12 file such as some program might write, with each of these pairs under its alias. `bare`: without a MAC, and nothing but keys
 * encrypted, so that what is broken in it is seen.
 */
export async function randomPfx(
  chance: Chance,
  { pairs, trusted }: Material & { pairs: readonly Pair[] },
  password: string,
  bare = false,
): Promise<Buffer> {
  const salts = new Salts(Secret.of(chance.bytes(32)));
  const tools = { salts, work: new Work(), password: keyPassword(password) };
  const scheme = randomScheme(chance);
  const javas = chance.int(2) === 0;
  const copies = chance.int(2) === 0;
  const keys: Buffer[] = [];
  const certificates: Buffer[] = [];
  for (const [at, { alias, pkcs8, chain }] of pairs.entries()) {
    const id = localKeyIdAttribute(javas ? Buffer.from(`Time ${1_700_000_000_000 + at}`) : chance.bytes(4));
    const name = [friendlyNameAttribute(alias), id];
    const encrypted = await encryptKey(
      pkcs8,
      chance.int(3) === 0 ? randomScheme(chance) : scheme,
      tools.password,
      tools,
    );
    keys.push(
      writeBag(
        bagTypes.shroudedKey,
        encrypted,
        chance.int(3) === 0 ? [...name, strangeAttribute(chance)] : name,
      ),
    );
    for (const [place, der] of chain.entries()) {
      const bag = writeBag(bagTypes.certificate, certificateContent(der), place === 0 ? name : []);
      if (place === 0 || copies || !certificates.some((one) => one.equals(bag))) certificates.push(bag);
    }
  }
  for (const [at, der] of trusted.entries())
    if (chance.int(2) === 0)
      certificates.push(
        writeBag(bagTypes.certificate, certificateContent(der), [
          friendlyNameAttribute(`Root ${at}`),
          trustedAttribute(),
        ]),
      );
  const strange: Buffer[] = [];
  for (let left = chance.int(4); left > 0; left -= 1) strange.push(await strangeBag(chance, scheme, tools));
  return together(chance, { keys, certificates, strange, bare }, tools);
}

/** In one part or in several, encrypted or not, in whatever order. */
async function together(
  chance: Chance,
  {
    keys,
    certificates,
    strange,
    bare,
  }: { keys: Buffer[]; certificates: Buffer[]; strange: Buffer[]; bare: boolean },
  { work, password }: Tools,
): Promise<Buffer> {
  const groups = chance.pick([
    [certificates, keys, strange],
    [keys, strange, certificates],
    [[...keys, ...certificates], strange],
    [[...certificates, ...strange, ...keys]],
    [keys, certificates.slice(0, 2), [...certificates.slice(2), ...strange]],
  ]);
  const parts: Buffer[] = [];
  for (const bags of groups) {
    const scheme = bare || chance.int(3) === 0 ? null : randomScheme(chance);
    if (bags.length > 0) parts.push(await writePart(scheme, sequence(...bags), password, work));
  }
  return writePfx(sequence(...parts), bare ? null : randomMac(chance), password, work);
}

/** All bags of a file that is open, as bytes. */
export const rawsOf = (parts: readonly { bags: Bag[] | null }[]): Buffer[] =>
  parts.flatMap(({ bags }) => (bags ?? []).map(({ raw }) => raw));
