import type { KeychainState } from '#shared/contract/agent.ts';
import { asFailure } from '#shared/failure.ts';
import { databaseEnvelope } from './database-envelope.ts';
import type { KeyHolder } from './key-holder.ts';
import type { KeyNotes } from './key-notes.ts';
import type { KeyPlace } from './key-place.ts';
import { fitsCheckValue, unwrapDataKey } from './key-wrap.ts';

/** Gets the master key that the notes name out of its place. Never rejects for what the keychain answers. */
export async function findKey(
  holder: KeyHolder,
  notes: KeyNotes,
  { keychain }: KeyPlace,
): Promise<KeychainState> {
  let key: Buffer | null;
  try {
    key = await keychain.get(notes.keyId);
  } catch (error) {
    const failure = asFailure(error);
    holder.options.log.warn('the keychain did not give the master key', {
      code: failure.code,
      said: failure.peerSaid,
    });
    const trouble = failure.code === 'keychain.locked' ? 'locked' : 'unavailable';
    return holder.trouble(trouble, notes.kind, failure.message);
  }
  if (key === null) return holder.trouble('missing', notes.kind, notes.path);
  try {
    const { storeUuid, keyId } = notes;
    const fits = fitsCheckValue(key, storeUuid, notes.kcv);
    if (!fits && notes.kind === 'passphrase')
      return holder.trouble(
        'locked',
        notes.kind,
        'The stored secrets are locked: the last passphrase was wrong.',
      );
    const dataKey = fits ? unwrapDataKey({ storeUuid, by: keyId }, key, notes.dataKey) : null;
    if (dataKey === null) return holder.trouble('wrong', notes.kind, null);
    return holder.open(databaseEnvelope(dataKey, notes), notes);
  } finally {
    key.fill(0);
  }
}

/**
 * The notes with the path that the given key has now: whoever keeps it may mount it at another one than before. As they are
 * where none is given, or another one than theirs.
 */
export async function withGivenPath(holder: KeyHolder, notes: KeyNotes): Promise<KeyNotes> {
  const { givenKeyFile = null } = holder.options;
  if (givenKeyFile === null || notes.kind !== 'key-file' || notes.path === givenKeyFile) return notes;
  const { keychain } = holder.place(notes.kind, givenKeyFile);
  const key = await keychain.get(notes.keyId).catch(() => null); // what the notes name is tried, and told of
  if (key === null) return notes;
  const fits = fitsCheckValue(key, notes.storeUuid, notes.kcv);
  key.fill(0);
  return fits ? { ...notes, path: givenKeyFile } : notes;
}
