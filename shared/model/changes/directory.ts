import { z } from 'zod';
import type { ChangeKind } from './change-kind.ts';

/** A directory that is made. */
export const directoryChange = z.object({
  kind: z.literal('directory'),
  path: z.string(),
  /** The directory whose owner and mode it takes. */
  like: z.string(),
});
export type DirectoryChange = z.infer<typeof directoryChange>;

/** A directory that was not there before. */
export const keptDirectory = z.object({ kind: z.literal('directory'), path: z.string() });

export const directory: ChangeKind<DirectoryChange> = {
  name: 'directory',
  drawnAs: 'states',
  schema: directoryChange,
  heading: 'Directories',
  noun: { one: 'directory', many: 'directories' },
  none: null,
  columns: ['Owner and mode'],
  promise:
    'One that is there by then is used as it is. Undoing removes what was made here, when it is empty.',
  place: ({ path }) => path,
  draw: ({ path, like }) => ({
    as: 'states',
    place: path,
    about: 'directory',
    before: null,
    after: [{ text: `as ${like}` }],
  }),
  sentence: () => 'A new directory.',
  later: null,
  leaves: () => null,
  drift: () => [],
};
