import { z } from 'zod';
import type { ChangeKind } from './change-kind.ts';

/** What an alias names in a key store: the SHA-256 (hex) of its leaf or trusted certificate. */
const keyStoreEntryState = z.object({ certificate: z.string().nullable() });
type KeyStoreEntryState = z.infer<typeof keyStoreEntryState>;

/** An entry of a key store. The store's file is a change of its own, which keeps what undoes this one. */
export const keyStoreEntryChange = z.object({
  kind: z.literal('key-store-entry'),
  keyStore: z.string(),
  alias: z.string(),
  entry: z.enum(['key', 'trust']),
  /** Null: the alias names nothing yet. */
  before: keyStoreEntryState.nullable(),
  /** Null: the entry is removed. Of a key entry, the certificate is known later. */
  after: keyStoreEntryState.nullable(),
});
export type KeyStoreEntryChange = z.infer<typeof keyStoreEntryChange>;

export const keyStoreEntry: ChangeKind<KeyStoreEntryChange, KeyStoreEntryState> = {
  name: 'key-store-entry',
  drawnAs: 'states',
  schema: keyStoreEntryChange,
  heading: 'Key store entries',
  noun: { one: 'key store entry', many: 'key store entries' },
  none: null,
  columns: ['Certificate (SHA-256)'],
  promise:
    'Each entry must still hold what it held. Undoing puts the whole key store back; other entries stay.',
  place: ({ keyStore, alias }) => `${keyStore} ${alias}`,
  draw: ({ keyStore, alias, entry, before, after }) => ({
    as: 'states',
    place: `${alias} in ${keyStore}`,
    about: `${entry} entry`,
    before: before === null ? null : [{ hash: before.certificate, note: null }],
    after: after === null ? null : [{ hash: after.certificate, note: null }],
  }),
  sentence: ({ before, after }) =>
    before === null ? 'A new entry.' : after === null ? 'The entry is removed.' : 'The entry is replaced.',
  later: {
    isLater: ({ entry, after }) => entry === 'key' && after !== null,
    value: ({ after }) => after?.certificate ?? null,
    with: (change, certificate) =>
      change.after === null ? change : { ...change, after: { ...change.after, certificate } },
  },
  leaves: () => null, // its file is a change of its own
  drift: ({ keyStore, alias, before }, now) =>
    (before?.certificate ?? null) === (now?.certificate ?? null)
      ? []
      : [`the entry ${alias} of ${keyStore} ${now === null ? 'is missing' : 'holds another certificate'}`],
};
