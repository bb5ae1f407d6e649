import { randomBytes } from 'node:crypto';
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { LocalSettings } from '#shared/catalog/authorities/local.ts';
import { Failure } from '#shared/failure.ts';
import type { CertificateFacts } from '#shared/model/certificate.ts';
import { keyFingerprint } from '../../../pki/fingerprint.ts';
import { issueRoot, type SigningKey } from '../../../pki/issue.ts';
import { generateKey, spkiOfKeyPem } from '../../../pki/key.ts';
import { toPem } from '../../../pki/pem.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { AuthorityState } from '../authority.ts';
import { permittedSubtrees } from './permitted.ts';

export interface LocalOptions {
  settings: LocalSettings;
  state: AuthorityState;
  clock: Clock;
  log: Log;
}

export interface Root {
  pem: string;
  facts: CertificateFacts;
}

/** Where root and key are kept. */
const rootNote = 'root';
export const keySecret = 'root-key';

const keyType = 'ec-p256';
const days = 3650;

/** The root, or null when there is none yet. */
export function knownRoot(state: AuthorityState): Root | null {
  const pem = state.note(rootNote);
  return pem === null ? null : { pem, facts: readCertificate(pem) };
}

/** The root; made when there is none yet, once whoever asks at the same time. */
export async function rootOf(options: LocalOptions): Promise<Root> {
  return (
    knownRoot(options.state) ??
    options.state.once(rootNote, async () => knownRoot(options.state) ?? (await makeRoot(options)))
  );
}

/**
 * The key is kept before the root: killed in between, the next call finishes with the same key, and no root is ever
 * shown whose key is not safe.
 */
async function makeRoot({ settings, state, clock, log }: LocalOptions): Promise<Root> {
  const permittedNames = permittedSubtrees(settings.permittedNames);
  const key = state.secret(keySecret) ?? (await newKey(state));
  const der = issueRoot({
    commonName: settings.commonName,
    key: { pem: key, keyType },
    spki: spkiOfKeyPem(key),
    serial: randomBytes(16),
    now: clock.now(),
    days,
    permittedNames,
  });
  const pem = toPem('CERTIFICATE', der);
  state.keepNote(rootNote, pem);
  const root = { pem, facts: readCertificate(pem) };
  log.info('made the root', { subject: root.facts.subject, fingerprint: root.facts.fingerprint });
  return root;
}

async function newKey(state: AuthorityState): Promise<Secret> {
  const { pem } = await generateKey(keyType);
  state.keepSecret(keySecret, pem);
  return pem;
}

/** The root's private key. Failures `authority.root-key-missing`, `authority.root-key-wrong`, `keychain.*`. */
export function rootKey(root: Root, state: AuthorityState): SigningKey {
  const pem = state.secret(keySecret);
  const name = root.facts.subject;
  const hint = 'Restore the database from a backup, or add a new local authority and distribute its root.';
  if (pem === null) {
    throw new Failure('authority.root-key-missing', `The private key of the root ${name} is missing.`, {
      hint,
    });
  }
  if (keyFingerprint(spkiOfKeyPem(pem)) !== root.facts.keyFingerprint) {
    throw new Failure('authority.root-key-wrong', `The stored private key does not match the root ${name}.`, {
      hint,
    });
  }
  return { pem, keyType };
}
