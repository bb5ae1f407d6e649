import { createPrivateKey, type KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import { firstOf } from '#shared/model/first-of.ts';
import { Secret } from '../../../secrets/secret.ts';
import { type FoundKey, findKeys, isDenied, readSmall } from './foreign-files.ts';
import { parseJson } from './wire.ts';

/** An account as the files of another ACME client have it. The CA has not been asked. */
export interface ForeignAccount {
  client: string;
  /** Absolute path of the file with its key. */
  keyFile: string;
  /** PKCS#8 PEM. */
  key: Secret;
  /** Address of the account, where the client noted one at this CA. */
  url: string | null;
}

/**
 * The account at a path: in the file, or the only one of this CA below the folder. Reads alone. Rejects with
 * `acme.import-nothing`, `acme.import-several`, `acme.import-unreadable`.
 */
export async function foreignAccount(path: string, directoryUrl: string): Promise<ForeignAccount> {
  const found = await findKeys(path).catch((thrown: unknown) => {
    throw unreadable(path, thrown);
  });
  if (found.cut) throw tooLarge(path);
  const all = await Promise.all(
    found.keys.map(async (one) => {
      const noted = await notedUrl(one);
      return { ...one, url: isOf(noted, directoryUrl) ? noted : null };
    }),
  );
  const here = all.filter(({ url }) => url !== null);
  const candidates = here.length > 0 ? here : all;
  const [only] = candidates;
  if (only === undefined)
    throw found.closed === null ? nothing(path) : unreadable(found.closed.path, found.closed.because);
  if (candidates.length > 1) throw several(path, candidates);
  return { client: only.client, keyFile: only.file, key: await readKey(only.file), url: only.url };
}

/** A request that the key signs is sent to the CA alone. */
function isOf(url: string | null, directoryUrl: string): boolean {
  return url !== null && URL.canParse(url) && new URL(url).origin === new URL(directoryUrl).origin;
}

const withUri = z.looseObject({ uri: z.string() });
const withRegistration = z.looseObject({ registration: withUri });

/** Where each client notes the address of the account; one that is damaged is no loss, since the CA tells it by the key. */
async function notedUrl({ client, file }: FoundKey): Promise<string | null> {
  const folder = dirname(file);
  const read = (...path: string[]) => readSmall(join(folder, ...path)).catch(() => Buffer.alloc(0));
  switch (client) {
    case 'certbot':
      return withUri.safeParse(parseJson(await read('regr.json'))).data?.uri ?? null;
    case 'lego':
      return (
        withRegistration.safeParse(parseJson(await read('..', 'account.json'))).data?.registration.uri ?? null
      );
    case 'acme.sh':
      return /^ACCOUNT_URL='([^']*)'/m.exec((await read('ca.conf')).toString('utf8'))?.[1] ?? null;
  }
}

/** PEM, or a JWK (RFC 7517). What is wrong with it is never told in words of the file. */
async function readKey(file: string): Promise<Secret> {
  const bytes = await readSmall(file).catch((thrown: unknown) => {
    throw unreadable(file, thrown);
  });
  const key = keyIn(bytes);
  bytes.fill(0);
  if (key !== null && signs(key)) return Secret.of(key.export({ type: 'pkcs8', format: 'pem' }));
  throw new Failure(
    'acme.import-unreadable',
    key === null
      ? `${file} does not contain an unencrypted private key.`
      : `${file} contains a key of a type that Trustkeep does not sign ACME requests with.`,
    {
      hint: 'Account keys are RSA, or EC on the curve P-256, P-384 or P-521, as PEM or JWK. Nothing was changed.',
    },
  );
}

function keyIn(bytes: Buffer): KeyObject | null {
  try {
    const jwk = parseJson(bytes);
    if (jwk === undefined) return createPrivateKey(bytes);
    return createPrivateKey({ key: jwk as never, format: 'jwk' });
  } catch {
    return null;
  }
}

const curves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

function signs({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'rsa' || curves.has(asymmetricKeyDetails?.namedCurve ?? '');
}

const whatToName =
  'Name the folder of certbot, lego or acme.sh that has the account, or its key file: private_key.json, keys/EMAIL.key or account.key.';

function nothing(path: string): Failure {
  return new Failure(
    'acme.import-nothing',
    `${path} has no account of certbot, lego or acme.sh. Nothing was changed.`,
    { hint: whatToName },
  );
}

function several(path: string, found: readonly FoundKey[]): Failure {
  const files = firstOf(
    found.map(({ file }) => file),
    5,
  );
  return new Failure(
    'acme.import-several',
    `${path} has ${found.length} accounts: ${files}. Nothing was changed.`,
    { hint: 'Name one of these files.' },
  );
}

/** The one account that was found may not be the only one. */
function tooLarge(path: string): Failure {
  return new Failure(
    'acme.import-unreadable',
    `${path} was not read to its end, since it has more files and folders than an ACME client keeps. Nothing was changed.`,
    { hint: whatToName },
  );
}

function unreadable(path: string, thrown: unknown): Failure {
  const { code } = thrown as NodeJS.ErrnoException;
  const denied = isDenied(thrown);
  const because =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? 'does not exist'
      : denied
        ? 'cannot be read by the account that Trustkeep runs as'
        : 'cannot be read';
  return new Failure('acme.import-unreadable', `${path} ${because}. Nothing was changed.`, {
    hint: denied
      ? 'Allow that account to read it, or copy it to where it can, and remove the copy afterwards.'
      : whatToName,
    cause: thrown,
  });
}
