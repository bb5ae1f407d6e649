import { z } from 'zod';
import { type BindingChange, binding, bindingChange, keptBinding } from './binding.ts';
import type { ChangeKind } from './change-kind.ts';
import { type CommandChange, command, commandChange } from './command.ts';
import {
  type ConfigurationLineChange,
  configurationLine,
  configurationLineChange,
} from './configuration-line.ts';
import { type DirectoryChange, directory, directoryChange, keptDirectory } from './directory.ts';
import { type FileChange, file, fileChange, keptFile } from './file.ts';
import { type KeyStoreEntryChange, keyStoreEntry, keyStoreEntryChange } from './key-store-entry.ts';
import {
  keptRemoteObject,
  type RemoteObjectChange,
  remoteObject,
  remoteObjectChange,
} from './remote-object.ts';

/** Every kind of change, in the order in which a plan shows them. */
interface Changes {
  directory: DirectoryChange;
  file: FileChange;
  'configuration-line': ConfigurationLineChange;
  'key-store-entry': KeyStoreEntryChange;
  binding: BindingChange;
  'remote-object': RemoteObjectChange;
  command: CommandChange;
}
type ChangeKindName = keyof Changes;
export type Change = Changes[ChangeKindName];

type General<C extends { kind: ChangeKindName }> = Omit<ChangeKind<C>, 'drift'>;
export type AnyChangeKind = General<Change>;

const changeKinds: { readonly [K in ChangeKindName]: General<Changes[K]> } = {
  directory,
  file,
  'configuration-line': configurationLine,
  'key-store-entry': keyStoreEntry,
  binding,
  'remote-object': remoteObject,
  command,
};

/** What a plan does on an endpoint: one thing each. */
export const change = z.discriminatedUnion('kind', [
  directoryChange,
  fileChange,
  configurationLineChange,
  keyStoreEntryChange,
  bindingChange,
  remoteObjectChange,
  commandChange,
]);

/** What is kept to undo a change, by its kind. Plain JSON without content or secrets: it is stored with the task. */
export const kept = z.discriminatedUnion('kind', [keptFile, keptDirectory, keptBinding, keptRemoteObject]);
export type Kept = z.infer<typeof kept>;

/** What is known of the kind of a change. */
export const kindOf = (one: Change): AnyChangeKind => changeKinds[one.kind];

/** The changes of one kind, in their order. */
export function changesOf<K extends ChangeKindName>(changes: readonly Change[], kind: K): Changes[K][] {
  return changes.filter((one): one is Changes[K] => one.kind === kind);
}

/** The changes by their kind; a kind that is not there stands in it only when it has something to say. */
export function groupsOf(changes: readonly Change[]): { kind: AnyChangeKind; changes: Change[] }[] {
  return Object.values<AnyChangeKind>(changeKinds)
    .map((kind) => ({ kind, changes: changes.filter((one) => one.kind === kind.name) }))
    .filter((group) => group.changes.length > 0 || group.kind.none !== null);
}

/** `2 files, 1 configuration line, 3 commands`; kinds that are not there are left out. */
export function countsOf(changes: readonly Change[]): string {
  const some = groupsOf(changes).filter((group) => group.changes.length > 0);
  return some.map((group) => counted(group.kind, group.changes.length)).join(', ') || 'no change';
}

/** `1 file`, `2 files` */
export const counted = ({ noun }: AnyChangeKind, count: number): string =>
  `${count} ${count === 1 ? noun.one : noun.many}`;

/** The change without the value that comes to exist with the certificate: what a yes is bound to. */
export function boundPart(one: Change): Change {
  const { later } = kindOf(one);
  return later?.isLater(one) ? later.with(one, null) : one;
}

/** `2 files, 1 binding`: what was there before and is kept to undo the changes. */
export function countsOfKept(all: readonly Kept[]): string {
  const there = all.filter((one) => 'before' in one && one.before !== null);
  const kinds = Object.values<AnyChangeKind>(changeKinds).map((kind) => ({
    kind,
    count: there.filter((one) => one.kind === kind.name).length,
  }));
  const some = kinds.filter(({ count }) => count > 0).map(({ kind, count }) => counted(kind, count));
  return some.join(', ') || 'nothing was there';
}

/** Something Trustkeep itself changed for another node of the endpoint: where, from which state to which. */
export interface OwnChange {
  kind: ChangeKindName;
  /** As its kind names it. */
  place: string;
  before: string;
  after: string;
}

/** What of these changes other plans of the endpoint may meet. */
export function ownChangesOf(changes: readonly Change[]): OwnChange[] {
  return changes.flatMap((one) => {
    const kind = kindOf(one);
    const states = kind.leaves(one);
    return states === null ? [] : [{ kind: one.kind, place: kind.place(one), ...states }];
  });
}

/** Did changes of ours, one after the other, make what was `then` at this place what it is `today`? */
export function isOwnWork(
  own: readonly OwnChange[],
  at: Pick<OwnChange, 'kind' | 'place'>,
  { then, today }: { then: string; today: string },
): boolean {
  const here = own.filter(({ kind, place }) => kind === at.kind && place === at.place);
  const reached = new Set([then]);
  for (const state of reached) // a set grows under its own iteration
    for (const one of here) if (one.before === state) reached.add(one.after);
  return reached.has(today);
}
