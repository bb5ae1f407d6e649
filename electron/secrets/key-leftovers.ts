import type { Log } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import {
  type KeyEntry,
  type KeyNotesRows,
  readKeyNotes,
  withLeftover,
  withoutLeftover,
  writeKeyNotes,
} from './key-notes.ts';
import type { Keychain } from './keychain.ts';

/** Notes an entry before its keychain holds it, so that it can be removed however this ends. */
export function announceLeftover(notesRows: KeyNotesRows, entry: KeyEntry | null): void {
  const notes = readKeyNotes(notesRows);
  if (notes !== null && entry !== null) writeKeyNotes(notesRows, withLeftover(notes, entry));
}

/** The entry stays after all: something else names it now. */
export function keepLeftover(notesRows: KeyNotesRows, keyId: string): void {
  const notes = readKeyNotes(notesRows);
  if (notes !== null) writeKeyNotes(notesRows, { ...notes, leftovers: withoutLeftover(notes, keyId) });
}

/** Removes what the notes call left over. What cannot be removed now stays noted for the next unlock. */
export async function removeLeftovers(
  notesRows: KeyNotesRows,
  keychainOf: (entry: KeyEntry) => Keychain,
  log: Log,
): Promise<void> {
  try {
    const notes = readKeyNotes(notesRows);
    for (const entry of notes?.leftovers ?? []) {
      if (entry.keyId !== notes?.keyId) await keychainOf(entry).remove(entry.keyId);
      keepLeftover(notesRows, entry.keyId);
    }
  } catch (error) {
    log.warn('a master key that is not in use could not be removed', { error: asFailure(error) });
  }
}
