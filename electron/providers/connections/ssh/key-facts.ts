import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { Secret } from '../../../secrets/secret.ts';
import { readHostKey } from './host-key.ts';
import { readPrivateKey } from './private-key.ts';

/** What may be known of a private key. No secret. */
interface PrivateKeyFacts {
  /** As OpenSSH names it: `ssh-ed25519`. */
  type: string;
  /** `SHA256:…` of the public key, as OpenSSH prints it. */
  fingerprint: string;
  /** A passphrase is needed to open it. */
  encrypted: boolean;
}

/** A key that is to be kept: opened here once, so that a login finds it good. `what` is for the sentence. */
export function privateKeyFacts(key: Secret, passphrase: Secret | null, what: string): PrivateKeyFacts {
  try {
    return factsOf(key, passphrase, what);
  } catch (error) {
    throw error instanceof Failure ? named(error) : error;
  }
}

function factsOf(key: Secret, passphrase: Secret | null, what: string): PrivateKeyFacts {
  const plain = opened(key, what);
  const parsed = plain ?? readPrivateKey(key, passphrase ?? undefined, what);
  const { type, fingerprint } = readHostKey(parsed.getPublicSSH());
  return { type, fingerprint, encrypted: plain === null };
}

/** Null when it asks for a passphrase. */
function opened(key: Secret, what: string): ReturnType<typeof readPrivateKey> | null {
  try {
    return readPrivateKey(key, undefined, what);
  } catch (error) {
    if (error instanceof Failure && error.code === 'ssh.key-passphrase-missing') return null;
    throw error;
  }
}

const meanings: Record<string, [code: FailureCode, hint: string]> = {
  'ssh.key-passphrase-missing': ['private-key.passphrase-needed', 'Set its passphrase (`passphrase`).'],
  'ssh.key-passphrase-wrong': [
    'private-key.passphrase-wrong',
    'Set the passphrase of this key (`passphrase`).',
  ],
  'ssh.key-unreadable': [
    'private-key.unreadable',
    'Use a private key file in OpenSSH, PEM or PPK format, not the .pub file next to it.',
  ],
};

function named(failure: Failure): Failure {
  const meaning = meanings[failure.code];
  if (meaning === undefined) return failure;
  const [code, hint] = meaning;
  return new Failure(code, failure.message, { hint, cause: failure });
}
