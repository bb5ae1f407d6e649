import type { Envelope } from './envelope.ts';
import type { KeyHolder } from './key-holder.ts';
import { type KeyNotes, keyEntryOf, withLeftover, writeKeyNotes } from './key-notes.ts';
import { keyPlaceAgain, newStoreKey } from './key-place.ts';
import { troubleFailure } from './key-state.ts';
import type { Resealed } from './sealed-rows.ts';
import type { Secret } from './secret.ts';

export interface RotateOptions {
  /** The new one; needed where a passphrase protects, and nowhere else. */
  passphrase?: Secret | undefined;
  /** Carries `work` out in one database transaction, with what else belongs to it. */
  commit(work: () => Resealed): Resealed;
}

interface FreshKeys {
  envelope: Envelope;
  notes: KeyNotes;
}

/**
 * A new master key in the same place, a new data key, a new recovery key. The keychain holds both master keys until
 * the transaction is through, and the notes say which one is left over: so a kill at any point leaves the old state or
 * the new one, and an entry that the next unlock removes.
 */
export async function rotateKeys(holder: KeyHolder, options: RotateOptions): Promise<Resealed> {
  const old = holder.ready();
  const notes = holder.ownNotes();
  const { rows } = holder;
  if (rows === null) throw new Error('without the rows they would be lost');
  const place = keyPlaceAgain(holder.options.keychains, notes, options.passphrase);
  let fresh: FreshKeys | null = null;
  try {
    fresh = await newStoreKey(place, notes.storeUuid, holder.announce);
    const finish = await rows.prepare(old, fresh.envelope);
    const done = change(holder, old, fresh, finish, options.commit);
    rows.settle();
    holder.open(fresh.envelope, fresh.notes);
    old.wipe();
    return done;
  } catch (error) {
    if (holder.envelope !== fresh?.envelope) fresh?.envelope.wipe();
    throw error;
  } finally {
    await holder.removeLeftovers();
  }
}

/** Nothing in here is asynchronous. What `commit` seals after the rows is sealed with the new key already. */
function change(
  holder: KeyHolder,
  old: Envelope,
  fresh: FreshKeys,
  finish: () => Resealed,
  commit: RotateOptions['commit'],
): Resealed {
  try {
    return commit(() => {
      if (holder.envelope !== old) throw troubleFailure(holder.told.state); // locked meanwhile
      const done = finish();
      const before = holder.ownNotes();
      const { leftovers } = withLeftover(before, keyEntryOf(before));
      writeKeyNotes(holder.store, { ...fresh.notes, leftovers });
      holder.envelope = fresh.envelope;
      return done;
    });
  } catch (error) {
    if (holder.envelope === fresh.envelope) holder.envelope = old;
    throw error;
  }
}
