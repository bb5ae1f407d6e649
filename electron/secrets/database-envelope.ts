import { asFailure } from '#shared/failure.ts';
import { Envelope, type SealContext } from './envelope.ts';
import type { KeyNotes } from './key-notes.ts';
import { Secret } from './secret.ts';

const place: SealContext = { owner: 'secrets', name: 'data-key-before' };

/** The data key before a rotation, as the notes keep it. Does not keep `dataKey`. */
export function sealBefore(envelope: Envelope, dataKey: Buffer): string {
  const value = Secret.take(Buffer.from(dataKey));
  const sealed = envelope.seal(place, value).toString('base64');
  value.wipe();
  return sealed;
}

/** Opens all that belongs to the store of these notes, also while a rotation is under way. Takes `dataKey` over. */
export function databaseEnvelope(dataKey: Buffer, { storeUuid, before }: KeyNotes): Envelope {
  const envelope = new Envelope(dataKey, storeUuid);
  const last = before === null ? null : openBefore(envelope, before);
  if (last !== null) envelope.follow(new Envelope(last, storeUuid));
  return envelope;
}

/** Null when it is damaged: then the rows under it are as well, and each says so. */
function openBefore(envelope: Envelope, before: string): Buffer | null {
  try {
    const value = envelope.open(place, Buffer.from(before, 'base64'));
    const dataKey = Buffer.from(value.bytes());
    value.wipe();
    return dataKey;
  } catch (error) {
    if (asFailure(error).code !== 'secret.damaged') throw error;
    return null;
  }
}
