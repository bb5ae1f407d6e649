import { sealBefore } from './database-envelope.ts';
import { Envelope } from './envelope.ts';
import { finishRows, finishRowsQuietly } from './finish-rows.ts';
import type { KeyHolder } from './key-holder.ts';
import { type KeyNotes, keyEntryOf, withLeftover, writeKeyNotes } from './key-notes.ts';
import { keyPlaceAgain, newDatabaseKey } from './key-place.ts';
import { troubleFailure } from './key-state.ts';
import type { PreparedRows, Resealed } from './sealed-rows.ts';
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
 * A new master key in the same place, a new data key, a new recovery key. One short transaction changes the notes; from then on
 * everything is sealed with the new key, which also opens the one before, and the rows follow in slices. The keychain holds
 * both master keys until they are through, and the notes say which one is left over: so a kill at any point leaves
 * the old state, or the new one with a rest that the next unlock goes on with.
 */
export async function rotateKeys(holder: KeyHolder, options: RotateOptions): Promise<Resealed> {
  const old = holder.ready();
  const { rows } = holder;
  if (rows === null) throw new Error('without the rows they would be lost');
  await finishRows(holder); // of a rotation before this one
  const notes = holder.ownNotes();
  const place = keyPlaceAgain(holder.options.keychains, notes, options.passphrase);
  let fresh: FreshKeys | null = null;
  try {
    fresh = await newDatabaseKey(place, notes.storeUuid, holder.announce);
    keepBefore(fresh, old, notes.storeUuid);
    const prepared = await rows.prepare(old, fresh.envelope);
    const done = change(holder, old, fresh, prepared, options.commit);
    holder.open(fresh.envelope, fresh.notes);
    old.wipe();
    await finishRowsQuietly(holder, prepared);
    return done;
  } catch (error) {
    if (holder.envelope !== fresh?.envelope) fresh?.envelope.wipe();
    throw error;
  } finally {
    await holder.removeLeftovers();
  }
}

/** The new key opens what is under the old one, now and after the next start; not the other way round. */
function keepBefore(fresh: FreshKeys, old: Envelope, storeUuid: string): void {
  const dataKey = old.withDataKey((key) => Buffer.from(key));
  fresh.notes = { ...fresh.notes, before: sealBefore(fresh.envelope, dataKey) };
  fresh.envelope.follow(new Envelope(dataKey, storeUuid));
}

/** Nothing in here is asynchronous. What `commit` seals after the rows is sealed with the new key already. */
function change(
  holder: KeyHolder,
  old: Envelope,
  fresh: FreshKeys,
  prepared: PreparedRows,
  commit: RotateOptions['commit'],
): Resealed {
  try {
    return commit(() => {
      if (holder.envelope !== old) throw troubleFailure(holder.told.state); // locked meanwhile
      const done = prepared.change();
      const before = holder.ownNotes();
      const { leftovers } = withLeftover(before, keyEntryOf(before));
      writeKeyNotes(holder.notesRows, { ...fresh.notes, leftovers });
      holder.envelope = fresh.envelope;
      return done;
    });
  } catch (error) {
    if (holder.envelope === fresh.envelope) holder.envelope = old;
    throw error;
  }
}
