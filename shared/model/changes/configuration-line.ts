import { z } from 'zod';
import type { ChangeKind } from './change-kind.ts';

/** One replaced piece of a configuration file. */
export const configurationLineChange = z.object({
  kind: z.literal('configuration-line'),
  /** As the server names the file. */
  path: z.string(),
  line: z.number().int(),
  /** As a person reads it; empty: nothing is taken out, or nothing put in. */
  before: z.string(),
  after: z.string(),
  /** The bytes from `start` to `end` (not with it) of the file at `path`, by its real path, become `text`. */
  replaces: z.object({
    path: z.string(),
    start: z.number().int(),
    end: z.number().int(),
    text: z.string(),
  }),
});
export type ConfigurationLineChange = z.infer<typeof configurationLineChange>;

export const configurationLine: ChangeKind<ConfigurationLineChange> = {
  name: 'configuration-line',
  drawnAs: 'lines',
  schema: configurationLineChange,
  heading: 'Configuration lines',
  noun: { one: 'configuration line', many: 'configuration lines' },
  none: 'No configuration line changes.',
  columns: [],
  promise: 'Nothing else in these files changes. Undoing puts the whole file back.',
  place: ({ replaces: { path, start } }) => `${path}:${start}`,
  draw: ({ path, line, before, after }) => ({ as: 'lines', place: `${path}, line ${line}`, before, after }),
  sentence({ replaces: { path, start, end, text } }) {
    if (start === end) return `Put in at byte ${start} of ${path}: ${text.trim()}`;
    const bytes = `Bytes ${start} to ${end - 1} of ${path}`;
    return text === '' ? `${bytes} are removed.` : `${bytes} become: ${text.trim()}`;
  },
  later: null,
  leaves: () => null,
  drift: () => [],
};
