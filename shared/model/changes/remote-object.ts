import { z } from 'zod';
import type { Cell, ChangeKind } from './change-kind.ts';

/** What an object behind a REST interface is like. @internal */
export const remoteObjectState = z.object({
  /** SHA-256 (hex) of the certificate or public key it holds; null: it holds none, or it is known later. */
  content: z.string().nullable(),
  /** The members that matter, as text. Others are left as they are. */
  members: z.record(z.string(), z.string()),
});
/** @internal */
export type RemoteObjectState = z.infer<typeof remoteObjectState>;

export const remoteObjectChange = z.object({
  kind: z.literal('remote-object'),
  /** What names it to the server: `/tm/ltm/profile/client-ssl/~Common~shop`. */
  path: z.string(),
  holds: z.enum(['certificate', 'private-key', 'settings']),
  /** Null: does not exist yet. */
  before: remoteObjectState.nullable(),
  /** Null: is removed. */
  after: remoteObjectState.nullable(),
});
export type RemoteObjectChange = z.infer<typeof remoteObjectChange>;

/** How an object was; null: it was not there. */
export const keptRemoteObject = z.object({
  kind: z.literal('remote-object'),
  path: z.string(),
  before: remoteObjectState.nullable(),
});

export const remoteObject: ChangeKind<RemoteObjectChange, RemoteObjectState> = {
  name: 'remote-object',
  drawnAs: 'states',
  schema: remoteObjectChange,
  heading: 'Objects',
  noun: { one: 'object', many: 'objects' },
  none: null,
  columns: ['Content (SHA-256)', 'Settings'],
  promise:
    'Each object must still be as it was read. How its settings were is kept, and undoing sets them back; objects that are new are removed.',
  place: ({ path }) => path,
  draw: ({ path, holds, before, after }) => ({
    as: 'states',
    place: path,
    about: holds.replaceAll('-', ' '),
    before: before === null ? null : cells(before, false),
    after: after === null ? null : cells(after, holds !== 'settings'),
  }),
  sentence: ({ before, after }) =>
    before === null
      ? 'A new object; undoing removes it.'
      : after === null
        ? 'The object is removed.'
        : 'Only the settings named here change.',
  later: {
    isLater: ({ holds, after }) => holds !== 'settings' && after !== null,
    value: ({ after }) => after?.content ?? null,
    with: (change, content) =>
      change.after === null ? change : { ...change, after: { ...change.after, content } },
  },
  leaves: ({ holds, before, after }) =>
    before === null || after === null || (holds !== 'settings' && after.content === null)
      ? null
      : {
          before: asText(before),
          after: asText({ ...after, members: { ...before.members, ...after.members } }),
        },
  drift: ({ path, before }, now) => remoteObjectDifferences(path, before, now),
};

/** What is different between an expected and the present object, for people; only named members count. @internal */
export function remoteObjectDifferences(
  path: string,
  before: RemoteObjectState | null,
  now: RemoteObjectState | null,
): string[] {
  if (before === null) return now === null ? [] : [`${path} is new`];
  if (now === null) return [`${path} is missing`];
  const content = before.content === now.content ? [] : [`${path} has other content`];
  const members = Object.entries(before.members).flatMap(([name, value]) =>
    now.members[name] === value
      ? []
      : [`${path} now has ${name} ${now.members[name] ?? 'unset'} instead of ${value}`],
  );
  return [...content, ...members];
}

const asText = ({ content, members }: RemoteObjectState): string =>
  JSON.stringify([content, Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

const none: Cell = { text: 'none', absent: true };

function cells({ content, members }: RemoteObjectState, holds: boolean): Cell[] {
  const settings = Object.entries(members).map(([name, value]) => `${name} ${value}`);
  return [
    content === null && !holds ? none : { hash: content, note: null },
    settings.length === 0 ? none : { text: settings.join(', ') },
  ];
}
