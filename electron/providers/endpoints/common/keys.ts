import { createPrivateKey, createPublicKey } from 'node:crypto';
import { Failure, isAboutConnection } from '#shared/failure.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import { keyTypeOfSpki } from '../../../pki/key.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { Material, NewKey } from '../endpoint.ts';
import { newKeyName } from './names.ts';
import { dirname } from './paths.ts';
import { run, said } from './run.ts';

const options: Record<KeyType, string[]> = {
  'rsa-2048': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-3072': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
  'rsa-4096': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:4096'],
  // without named_curve, OpenSSL 1.0.2 writes the curve's parameters out
  'ec-p256': [
    '-algorithm',
    'EC',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-pkeyopt',
    'ec_param_enc:named_curve',
  ],
  'ec-p384': [
    '-algorithm',
    'EC',
    '-pkeyopt',
    'ec_paramgen_curve:P-384',
    '-pkeyopt',
    'ec_param_enc:named_curve',
  ],
};

/** An empty pass phrase, so that openssl says no to an encrypted key instead of asking at a terminal. */
const noPrompt = ['-passin', 'pass:'];

/** Is openssl there, and may we write into all of `directories`? */
export async function canMakeKeysIn(
  connection: HostConnection,
  directories: readonly string[],
): Promise<{ yes: boolean; why: string }> {
  const version = await opensslVersion(connection);
  if (version === null)
    return { yes: false, why: 'The endpoint has no openssl program, so the key is made in the agent.' };
  const locked = await unwritable(connection, directories);
  if (locked !== null)
    return { yes: false, why: `The account used may not write into ${locked} on the endpoint.` };
  return {
    yes: true,
    why: `The endpoint has ${version}: the private key is made there and never leaves it.`,
  };
}

/** `OpenSSL 3.0.19`, `LibreSSL 3.3.6`; null when there is none. */
export async function opensslVersion(connection: HostConnection): Promise<string | null> {
  const result = await tryExec(connection, ['openssl', 'version']);
  if (result === null) return null;
  return /^(\S+ \S+)/.exec(result.stdout.toString('utf8'))?.[1] ?? null;
}

/** First directory that may not be written into; null when all may. */
export async function unwritable(
  connection: HostConnection,
  directories: readonly string[],
): Promise<string | null> {
  if (directories.length === 0) return null;
  const script = 'for d; do if [ ! -w "$d" ]; then printf "%s" "$d"; exit 1; fi; done';
  const result = await connection.exec({
    argv: ['sh', '-c', script, 'sh', ...new Set(directories)],
    timeoutMs: 30_000,
  });
  return result.code === 0 ? null : result.stdout.toString('utf8') || (directories[0] ?? null);
}

/** Null when the program is not there or did not succeed. */
async function tryExec(connection: HostConnection, argv: readonly [string, ...string[]]) {
  try {
    const result = await connection.exec({ argv, timeoutMs: 30_000 });
    return result.code === 0 ? result : null;
  } catch (error) {
    if (error instanceof Failure && isAboutConnection(error)) throw error;
    return null;
  }
}

/** Makes a key beside its final place, complete or not at all: the name appears only when openssl has ended well. */
export async function makeKeyIn(
  connection: HostConnection,
  directory: string,
  name: string,
  keyType: KeyType,
  tag: string,
): Promise<NewKey> {
  const path = newKeyName(directory, name, tag);
  if ((await connection.stat(path)) === null || (await keyTypeAt(connection, path)) !== keyType) {
    const unfinished = `${path}.new`;
    // a new file of our own (set -C), not one that somebody laid a link to
    const script =
      'umask 077 && rm -f -- "$1" && out=$1 && shift && set -C && exec openssl genpkey "$@" > "$out"';
    await run(connection, {
      argv: ['sh', '-c', script, 'sh', unfinished, ...options[keyType]],
      timeoutMs: 120_000,
    });
    await connection.rename(unfinished, path);
  }
  return { path, spki: await spkiAt(connection, path) };
}

async function keyTypeAt(connection: HostConnection, path: string): Promise<string | null> {
  try {
    return keyTypeOfSpki(await spkiAt(connection, path));
  } catch (error) {
    if (error instanceof Failure && isAboutConnection(error)) throw error;
    return null;
  }
}

/** SubjectPublicKeyInfo of a private key on the target, DER. */
export async function spkiAt(connection: HostConnection, path: string): Promise<Buffer> {
  const { stdout } = await run(connection, {
    argv: ['openssl', 'pkey', '-in', path, ...noPrompt, '-pubout', '-outform', 'DER'],
  });
  return stdout;
}

export async function signOnTarget(
  connection: HostConnection,
  keyPath: string,
  keyType: KeyType,
  data: Uint8Array,
): Promise<Buffer> {
  const digest = keyType === 'ec-p384' ? '-sha384' : '-sha256';
  const argv = ['openssl', 'dgst', digest, '-sign', keyPath, ...noPrompt] as const;
  const result = await connection.exec({ argv, stdin: data, timeoutMs: 60_000 });
  if (result.code === 0 && result.stdout.length > 0) return result.stdout;
  throw new Failure('key.not-signed', `The key ${keyPath} on ${connection.description} could not sign.`, {
    hint: 'Check that the file is still there and can be read by the account used.',
    peerSaid: said(result),
  });
}

/** Refuses a certificate that does not belong to the key: neither nginx nor others notice all such pairs. */
export async function refuseWrongPair(connection: HostConnection, material: Material): Promise<void> {
  const spki =
    material.key.where === 'target' ? await spkiAt(connection, material.key.path) : spkiOf(material.key.pem);
  if (sha256Hex(spki) === readCertificate(material.chainPem).keyFingerprint) return;
  throw new Failure(
    'certificate.key-mismatch',
    'The new certificate does not belong to the new private key.',
    {
      hint: 'Nothing was changed. Request the certificate again.',
    },
  );
}

function spkiOf(pem: Secret): Buffer {
  return createPublicKey(createPrivateKey(pem.bytes())).export({ type: 'spki', format: 'der' });
}

/** Nearest directory above `path` that exists. */
export async function existingDirectory(connection: HostConnection, path: string): Promise<string> {
  let directory = dirname(path);
  while (dirname(directory) !== directory && (await connection.stat(directory)) === null)
    directory = dirname(directory);
  return directory;
}
