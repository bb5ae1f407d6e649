import type { Log } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import {
  type KeyEntry,
  type KeyNotesStore,
  readKeyNotes,
  withLeftover,
  withoutLeftover,
  writeKeyNotes,
} from './key-notes.ts';
import type { Keychain } from './keychain.ts';

/** Notes an entry before its keychain holds it, so that it can be removed however this ends. */
export function announceLeftover(store: KeyNotesStore, entry: KeyEntry | null): void {
  const notes = readKeyNotes(store);
  if (notes !== null && entry !== null) writeKeyNotes(store, withLeftover(notes, entry));
}

/** The entry stays after all: something else names it now. */
export function keepLeftover(store: KeyNotesStore, keyId: string): void {
  const notes = readKeyNotes(store);
  if (notes !== null) writeKeyNotes(store, { ...notes, leftovers: withoutLeftover(notes, keyId) });
}

/** Removes what the notes call left over. What cannot be removed now stays noted for the next unlock. */
export async function removeLeftovers(
  store: KeyNotesStore,
  keychainOf: (entry: KeyEntry) => Keychain,
  log: Log,
): Promise<void> {
  try {
    const notes = readKeyNotes(store);
    for (const entry of notes?.leftovers ?? []) {
      if (entry.keyId !== notes?.keyId) await keychainOf(entry).remove(entry.keyId);
      keepLeftover(store, entry.keyId);
    }
  } catch (error) {
    log.warn('a master key that is not in use could not be removed', { error: asFailure(error) });
  }
}
