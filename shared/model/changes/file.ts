import { z } from 'zod';
import type { Cell, ChangeKind } from './change-kind.ts';
import { ownership, ownershipDifferences, ownerText, rightsText } from './ownership.ts';

/** A file as it is: SHA-256 of its content (hex), size, and whose it is. */
const fileState = z.object({
  sha256: z.string(),
  size: z.number().int(),
  ownership,
  /** How many names it has (hard links): the others keep what it held. Left out: one, or not told. */
  names: z.number().int().min(2).optional(),
});
export type FileState = z.infer<typeof fileState>;

export const fileChange = z.object({
  kind: z.literal('file'),
  path: z.string(),
  holds: z.enum(['certificate', 'private-key', 'certificate-and-key', 'configuration']),
  /** Null: does not exist yet. */
  before: fileState.nullable(),
  /** `sha256` is null until the certificate exists; then it is filled in and must fit what is written. */
  after: z.object({ sha256: z.string().nullable(), ownership }),
});
export type FileChange = z.infer<typeof fileChange>;

/** A kept copy of a file, or the note that there was none. */
export const keptFile = z.object({
  kind: z.literal('file'),
  path: z.string(),
  /** Where the copy lies on the endpoint; null: the file did not exist before. */
  keptAt: z.string().nullable(),
  before: z.object({ sha256: z.string(), ownership }).nullable(),
});
export type KeptFile = z.infer<typeof keptFile>;

/** What is different between a file's expected and present state, for people; empty when nothing is. */
export function fileDifferences(
  path: string,
  before: Pick<FileState, 'sha256' | 'ownership'> | null,
  now: Pick<FileState, 'sha256' | 'ownership'> | null,
): string[] {
  if (before === null) return now === null ? [] : [`${path} is new`];
  if (now === null) return [`${path} is missing`];
  const content = now.sha256 === before.sha256 ? [] : [`${path} has other content`];
  return [...content, ...ownershipDifferences(path, before.ownership, now.ownership)];
}

export const file: ChangeKind<FileChange, FileState> = {
  name: 'file',
  drawnAs: 'states',
  schema: fileChange,
  heading: 'Files',
  noun: { one: 'file', many: 'files' },
  none: null,
  columns: ['Content (SHA-256)', 'Owner', 'Mode'],
  promise:
    'Each file must still be as it was read: content, owner, group, mode, ACL, attributes, label and place. A copy of it is kept beside it until the install is proved.',
  place: ({ path }) => path,
  draw: ({ path, holds, before, after }) => ({
    as: 'states',
    place: path,
    about: holds.replaceAll('-and-', ' and ').replaceAll('-', ' '),
    before: before === null ? null : cells(before, `${before.size} byte${before.size === 1 ? '' : 's'}`),
    after: cells(after, null),
  }),
  sentence: ({ before, holds }) =>
    before === null
      ? 'A new file; undoing removes it.'
      : holds === 'configuration'
        ? 'Edited where the lines below say so; undoing puts the copy back.'
        : 'Replaced as a whole; undoing puts the copy back.',
  later: {
    isLater: ({ holds }) => holds !== 'configuration',
    value: ({ after }) => after.sha256,
    with: (change, sha256) => ({ ...change, after: { ...change.after, sha256 } }),
  },
  leaves: ({ holds, before, after }) =>
    holds === 'configuration' && before !== null && after.sha256 !== null
      ? { before: before.sha256, after: after.sha256 }
      : null,
  drift: ({ path, before }, now) => [
    ...fileDifferences(path, before, now),
    ...(before === null || now === null || (before.names ?? 1) >= (now.names ?? 1)
      ? []
      : [`${path} now has ${now.names} names (hard links) instead of ${before.names ?? 1}`]),
  ],
};

function cells(state: FileChange['after'], note: string | null): Cell[] {
  const { sha256, ownership: own } = state;
  return [{ hash: sha256, note }, { text: ownerText(own) }, { text: rightsText(own) }];
}
