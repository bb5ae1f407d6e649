import { z } from 'zod';
import { Failure } from '#shared/failure.ts';

/** Small settings in the database, and whether values are sealed there: all that this room sees of it. */
export interface KeyNotesRows {
  get(name: string): string | null;
  set(name: string, value: string): void;
  hasSealed(): boolean;
}

/** The format in which row keys are wrapped. */
export const rowsOfNow = 2;

const keychainKinds = ['os-keychain', 'key-file', 'passphrase'] as const;

const base64 = z.base64();
const keyId = z.string().regex(/^[0-9a-f]{32}$/);

/** Where one master key is kept; a passphrase keeps none. */
const keyEntry = z.object({ kind: z.enum(['os-keychain', 'key-file']), path: z.string().nullable(), keyId });
export type KeyEntry = z.infer<typeof keyEntry>;

/** What is kept beside the sealed values. One row, so that it changes as a whole. Holds no key in the clear. */
const keyNotes = z.object({
  format: z.literal(1),
  /** Names this store: nothing sealed here opens elsewhere. */
  storeUuid: z.uuid(),
  kind: z.enum(keychainKinds),
  /** Only with `key-file`. */
  path: z.string().nullable(),
  /** 32 hexadecimal digits; names the master key in its keychain, and is the salt of a passphrase. */
  keyId,
  /** Tells "the wrong key" from "damaged": HMAC of the store's name under the master key, cut to 16 bytes. */
  kcv: base64,
  /** The data key under the master key, and under the recovery key. */
  dataKey: base64,
  recovery: base64,
  /** The recovery key itself, sealed by the data key, until it was shown. */
  recoveryKeyToShow: base64.nullable(),
  /** In which format all row keys are wrapped, once nothing is left to do; 1 was the first. */
  rows: z.literal([1, rowsOfNow]).default(1),
  /** The data key before, sealed by the data key, until a rotation has brought every row under the new one. */
  before: base64.nullable().default(null),
  /** Entries that are in a keychain and not in use: not yet, or not any more. The next unlock removes them. */
  leftovers: z.array(keyEntry).default([]),
});
export type KeyNotes = z.infer<typeof keyNotes>;

const row = 'secrets.key';

export function readKeyNotes(notesRows: KeyNotesRows): KeyNotes | null {
  const text = notesRows.get(row);
  if (text === null) return null;
  const parsed = keyNotes.safeParse(parseJson(text));
  if (!parsed.success)
    throw new Failure(
      'keychain.notes-damaged',
      'The notes about the master key in the database are damaged.',
      {
        hint: 'Restore the database from a backup. No new key is created, so that nothing is lost.',
        cause: parsed.error,
      },
    );
  return parsed.data;
}

export function writeKeyNotes(notesRows: KeyNotesRows, notes: KeyNotes): void {
  notesRows.set(row, JSON.stringify(notes));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Null where nothing is kept. */
export function keyEntryOf({
  kind,
  path,
  keyId,
}: Pick<KeyNotes, 'kind' | 'path' | 'keyId'>): KeyEntry | null {
  return kind === 'passphrase' ? null : { kind, path, keyId };
}

/** The entry is to be removed at the next unlock, unless the notes name it as the one in use by then. */
export function withLeftover(notes: KeyNotes, entry: KeyEntry | null): KeyNotes {
  return entry === null ? notes : { ...notes, leftovers: [...withoutLeftover(notes, entry.keyId), entry] };
}

export function withoutLeftover({ leftovers }: KeyNotes, keyId: string): KeyEntry[] {
  return leftovers.filter((one) => one.keyId !== keyId);
}
