import { asFailure } from '#shared/failure.ts';
import type { KeyHolder } from './key-holder.ts';
import { type KeyNotes, rowsOfNow, writeKeyNotes } from './key-notes.ts';
import type { PreparedRows } from './sealed-rows.ts';

/**
 * Brings all rows under the store's key of now, in the format of now, and forgets the key before: what a rotation does
 * last, and what the next unlock does when that was cut short or an earlier program wrote rows. Everything opens meanwhile.
 * Leaves the rest to the next unlock when it is locked in between. Throws `database.*`.
 */
export async function finishRows(holder: KeyHolder, prepared?: PreparedRows): Promise<void> {
  const { rows, envelope } = holder;
  if (rows === null || envelope === null || isThrough(holder.ownNotes())) return;
  const goOn = () => holder.envelope === envelope;
  if (prepared !== undefined && !(await prepared.write(goOn))) return;
  if (!(await rows.finish(envelope, goOn))) return;
  writeKeyNotes(holder.notesRows, { ...holder.ownNotes(), rows: rowsOfNow, before: null });
  envelope.forgetBefore();
  rows.settle();
}

/** The same where its trouble stops nothing: all is readable, and the next unlock continues. */
export async function finishRowsQuietly(holder: KeyHolder, prepared?: PreparedRows): Promise<void> {
  try {
    await finishRows(holder, prepared);
  } catch (error) {
    holder.options.log.warn(
      'stored secrets could not all be brought under the new key; the next unlock continues',
      {
        error: asFailure(error),
      },
    );
  }
}

function isThrough({ rows, before }: KeyNotes): boolean {
  return rows === rowsOfNow && before === null;
}
