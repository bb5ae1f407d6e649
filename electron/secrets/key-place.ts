import { randomBytes, randomUUID } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { Envelope, type SealContext } from './envelope.ts';
import { onlyGiven } from './given-key.ts';
import { type KeyEntry, type KeyNotes, keyEntryOf, rowsOfNow } from './key-notes.ts';
import { checkValue, wrapDataKey } from './key-wrap.ts';
import type { Keychain } from './keychain.ts';
import { newRecoveryKey, recoveryWrapKey } from './recovery-key.ts';
import { Secret } from './secret.ts';

/** The ways to keep a master key, given by compose. */
export interface Keychains {
  os: () => Keychain;
  keyFile: (path: string) => Keychain;
  passphrase: (passphrase: Secret) => Keychain;
}

/** A keychain that somebody chose, as the notes remember it. */
export interface KeyPlace {
  keychain: Keychain;
  /** Only with `key-file`. */
  path: string | null;
}

export function keyPlace(
  keychains: Keychains,
  kind: Keychain['kind'],
  path: string,
  passphrase: Secret | undefined,
): KeyPlace {
  if (kind === 'os-keychain') return { keychain: keychains.os(), path: null };
  if (kind === 'key-file') return { keychain: keychains.keyFile(path), path };
  if (passphrase === undefined || passphrase.bytes().length === 0)
    throw new Failure('keychain.passphrase-needed', 'A passphrase is required.', {
      hint: 'Enter the passphrase at the prompt or on standard input.',
    });
  return { keychain: keychains.passphrase(passphrase), path: null };
}

/** The place that the notes name, for a new key in it. A passphrase is new too, and given only where there is one. */
export function keyPlaceAgain(
  keychains: Keychains,
  { kind, path }: Pick<KeyNotes, 'kind' | 'path'>,
  passphrase: Secret | undefined,
): KeyPlace {
  if (kind !== 'passphrase' && passphrase !== undefined)
    throw new Failure(
      'keychain.passphrase-not-used',
      `A passphrase was given, but the master key is kept in ${kind === 'key-file' ? 'a key file' : 'the keychain of this computer'}.`,
      { hint: 'Leave out the passphrase, or choose it with "trustkeep secrets choose passphrase" first.' },
    );
  const place = keyPlace(keychains, kind, path ?? '', passphrase);
  if (path !== null && place.keychain.bringsKey) throw onlyGiven(path);
  return place;
}

type MasterKeyNotes = Pick<KeyNotes, 'kind' | 'path' | 'keyId' | 'kcv' | 'dataKey'>;

/**
 * Puts a fresh master key into a place (which reads it back) and gives what the notes say about it. `announce` is
 * called before the keychain holds it, so that an end in between leaves nothing unknown.
 */
export async function keepMasterKey(
  { keychain, path }: KeyPlace,
  storeUuid: string,
  envelope: Envelope,
  announce: (entry: KeyEntry | null) => void = () => {},
): Promise<MasterKeyNotes> {
  const keyId = randomBytes(16).toString('hex');
  const at = { kind: keychain.kind, path, keyId };
  const brought = keychain.bringsKey ? await keychain.get(keyId) : null;
  const key = brought ?? randomBytes(32);
  try {
    if (brought === null) {
      announce(keyEntryOf(at));
      await keychain.set(keyId, key);
    }
    return {
      ...at,
      kcv: checkValue(key, storeUuid),
      dataKey: envelope.withDataKey((dataKey) => wrapDataKey({ storeUuid, by: keyId }, key, dataKey)),
    };
  } finally {
    key.fill(0);
  }
}

export const recoveryPlace: SealContext = { owner: 'secrets', name: 'recovery-key' };

/** A data key, a master key in its place and a recovery key: for a new store, or anew for one. The caller writes the notes. */
export async function newDatabaseKey(
  place: KeyPlace,
  storeUuid: string = randomUUID(),
  announce?: (entry: KeyEntry | null) => void,
): Promise<{ envelope: Envelope; notes: KeyNotes }> {
  const envelope = new Envelope(randomBytes(32), storeUuid);
  const kept = await keepMasterKey(place, storeUuid, envelope, announce);
  const text = newRecoveryKey();
  const recoveryKey = Secret.of(text);
  const wrapKey = recoveryWrapKey(text, storeUuid);
  const notes: KeyNotes = {
    format: 1,
    storeUuid,
    ...kept,
    recovery: envelope.withDataKey((key) => wrapDataKey({ storeUuid, by: 'recovery' }, wrapKey, key)),
    recoveryKeyToShow: envelope.seal(recoveryPlace, recoveryKey).toString('base64'),
    rows: rowsOfNow,
    before: null,
    leftovers: [],
  };
  wrapKey.fill(0);
  recoveryKey.wipe();
  return { envelope, notes };
}
