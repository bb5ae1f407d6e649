import { createHash } from 'node:crypto';
import { Failure } from '#shared/failure.ts';

export interface SeenHostKey {
  /** As OpenSSH prints it: `SHA256:…`. */
  fingerprint: string;
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`… */
  type: string;
}

/** Signature algorithms by key type, best first. SHA-1 signatures (`ssh-rsa` as an algorithm) are left out. */
const algorithms: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** Reads the type out of a public key blob and computes its fingerprint. */
export function readHostKey(blob: Buffer): SeenHostKey {
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  return {
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
    type: blob.subarray(4, 4 + length).toString('latin1'),
  };
}

/** Pinned fingerprints whose key type we have seen: that type is asked for first, which saves a second try. */
const knownTypes = new Map<string, string>();

export function rememberType(key: SeenHostKey): void {
  if (knownTypes.size >= 10_000) knownTypes.clear();
  knownTypes.set(key.fingerprint, key.type);
}

/**
 * Algorithms to ask for. A host has keys of several types and shows one of them, by our order: when it shows another
 * than the pinned one, that is only a change if no other type gives the pinned one either. So types already
 * seen (and found different) are left out of the next try; empty means that all were seen.
 */
export function algorithmsToOffer(pinned: string | null, different: readonly string[]): string[] {
  const first = pinned === null ? undefined : knownTypes.get(pinned);
  const types = Object.keys(algorithms).filter((type) => !different.includes(type));
  const ordered =
    first === undefined ? types : types.toSorted((a, b) => Number(b === first) - Number(a === first));
  return ordered.flatMap((type) => algorithms[type] ?? []);
}

export function hostKeyChanged(host: string, pinned: string, seen: SeenHostKey): Failure {
  return new Failure(
    'ssh.host-key-changed',
    `The SSH host key of ${host} is not the pinned one: expected ${pinned}, received ${seen.fingerprint} (${seen.type}).`,
    {
      identity: { pinned, seen: seen.fingerprint },
      hint: 'The connection may be intercepted. If the host was rebuilt, accept its new key: `tls update <endpoint> --host_key accept`.',
    },
  );
}
