import { Envelope } from './envelope.ts';
import type { KeyHolder } from './key-holder.ts';
import { keepLeftover } from './key-leftovers.ts';
import { type KeyNotes, keyEntryOf } from './key-notes.ts';
import { keepMasterKey } from './key-place.ts';
import { troubleFailure } from './key-state.ts';
import type { Secret } from './secret.ts';

/** A store that comes from a backup. */
export interface ForeignDatabase {
  notes: KeyNotes;
  /** Taken over and wiped. */
  dataKey: Buffer;
  /** Protects it from now on where a passphrase protects the present store. */
  passphrase: Secret;
  /**
   * Writes its new notes into it and puts it where the next start finds it; all or nothing. Gives the notes of another
   * store that waited there before and gave way.
   */
  stage(notes: KeyNotes, envelope: Envelope): KeyNotes | null;
}

/** A new master key for it, kept the way the present store's is. When `stage` throws, that key is removed again. */
export async function adoptDatabase(holder: KeyHolder, foreign: ForeignDatabase): Promise<void> {
  const { storeUuid } = foreign.notes;
  const envelope = new Envelope(foreign.dataKey, storeUuid);
  try {
    const here = holder.notes();
    const kind = here?.kind ?? holder.told.state.kind;
    if (kind === null) throw troubleFailure(holder.told.state);
    const place = holder.place(kind, here?.path ?? null, foreign.passphrase);
    const kept = await keepMasterKey(place, storeUuid, envelope, holder.announce);
    const replaced = foreign.stage({ ...foreign.notes, ...kept, leftovers: [] }, envelope);
    keepLeftover(holder.notesRows, kept.keyId);
    if (replaced !== null) holder.announce(keyEntryOf(replaced));
  } finally {
    envelope.wipe();
    await holder.removeLeftovers();
  }
}
