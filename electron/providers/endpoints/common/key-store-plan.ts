import type { z } from 'zod';
import type { KeyStoreSettings } from '#shared/catalog/endpoints/key-store.ts';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { KeyStoreEntryChange } from '#shared/model/changes/key-store-entry.ts';
import type { Ground, InstallPlan } from '#shared/model/plan.ts';
import { certificateFingerprint } from '../../../pki/fingerprint.ts';
import type { RewriteOptions } from '../../../pki/key-store/key-store.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { refuseLostRights } from './kept-rights.ts';
import {
  entriesOf,
  entryKey,
  keyOf,
  named,
  type StoreOnHost,
  type StorePasswords,
  whyNotEntry,
} from './key-store.ts';
import { type EntryChange, trialStore } from './key-store-content.ts';
import { factsOf, servedAtOf } from './key-store-nodes.ts';
import { entryWords, formatWords, readerWarnings } from './key-store-words.ts';
import { refuseMounted } from './mounts.ts';
import { basename, dirname } from './paths.ts';
import { fileFacts } from './remembers.ts';
import type { UserScripts } from './scripts.ts';
import { askedAfter, servedProofs, unservedWarnings } from './served-at.ts';
import { openToAll, stateOf } from './states.ts';

/** What carrying out a change of a key store needs beside the changes, and what a person should know of it. */
export const keyStoreFacts = fileFacts.extend({
  alias: fileFacts.shape.keyName.describe('Alias'),
  format: fileFacts.shape.keyName.describe('Kind of key store'),
  protectedNow: fileFacts.shape.keyName.describe('Protection now'),
  protectedAfter: fileFacts.shape.keyName.describe('Protection afterwards'),
  entriesNow: fileFacts.shape.keyName.describe('Entries now'),
  entriesAfter: fileFacts.shape.keyName.describe('Entries afterwards'),
});

/** One key entry that is to be replaced or added, planned. */
interface PlannedEntry {
  file: FileChange;
  entry: KeyStoreEntryChange;
  standsOn: Ground[];
  facts: z.infer<typeof keyStoreFacts>;
  warnings: string[];
}

/**
 * Plans the change of one entry: the file as it is, the entry, and, by a trial with a key that is thrown away, what the store will be
 * afterwards. `node.not-installable` for what cannot be changed. Changes nothing.
 */
export async function plannedEntry(
  connection: HostConnection,
  on: StoreOnHost,
  passwords: StorePasswords,
  wanted: { alias: string; options: RewriteOptions; now: number },
): Promise<PlannedEntry> {
  const { path, realPath, store } = on;
  const trouble = whyNotEntry(on, wanted.alias);
  if (trouble !== null) throw new Failure('node.not-installable', trouble);
  const before = await stateOf(connection, realPath);
  if (before === null)
    throw new Failure('node.missing', `The key store ${path} no longer exists.`, {
      hint: 'Check the path of the endpoint.',
    });
  const file: FileChange = {
    ...{ kind: 'file', path: realPath, holds: 'certificate-and-key', before },
    after: { sha256: null, ownership: before.ownership },
  };
  await refuseMounted(connection, [file]);
  const untold = await refuseLostRights(connection, [file]);
  const own = keyOf(store, wanted.alias);
  const alias = own?.alias ?? wanted.alias;
  const after = await trial(on, passwords, changeOf(file, alias, wanted.options), wanted.now);
  const rest = store.entries.filter((one) => !entriesOf(store, alias).includes(one));
  const leaf = own?.chain[0];
  const previousFingerprint = leaf === undefined ? null : certificateFingerprint(leaf);
  return {
    file,
    entry: {
      ...{ kind: 'key-store-entry', keyStore: realPath, alias, entry: 'key' },
      before: own === null ? null : { certificate: previousFingerprint },
      after: { certificate: null },
    },
    standsOn: path === realPath ? [] : [{ what: 'link', name: path, leadsTo: realPath }],
    facts: {
      ...{ keepDir: dirname(realPath), keyName: basename(realPath), previousFingerprint, alias },
      format: formatWords[store.format],
      ...{ protectedNow: store.protection.sentence, protectedAfter: after.store.protection.sentence },
      ...{ entriesNow: entryWords(store.entries), entriesAfter: entryWords(after.store.entries) },
    },
    warnings: [
      ...(rest.length === 0
        ? []
        : [`The other entries of ${path} are carried over as they are: ${entryWords(rest)}.`]),
      ...readerWarnings(store, after.store),
      ...after.remarks,
      ...(path === realPath ? [] : [`${path} is a link to ${realPath}, which is the file that changes.`]),
      ...openToAll(file),
      ...untold,
    ],
  };
}

/** What the content of a planned store is made for. */
export function changeOf(file: FileChange, alias: string, options: RewriteOptions): EntryChange {
  return { alias, identity: `${file.path} ${file.before?.sha256 ?? ''} ${alias}`, options };
}

async function trial(on: StoreOnHost, passwords: StorePasswords, change: EntryChange, now: number) {
  try {
    return await trialStore(on, passwords, change, now);
  } catch (error) {
    const { message, hint } = named(error, on.path);
    throw new Failure('node.not-installable', message, { hint, cause: error });
  }
}

/** The plan of an endpoint that is a key store, without what its adapter remembers and who else manages it. */
export function storePlan(
  on: StoreOnHost,
  settings: KeyStoreSettings,
  { file, entry, standsOn, warnings }: PlannedEntry,
  scripts: UserScripts,
): Omit<InstallPlan, 'remembers'> {
  const servedAt = servedAtOf(on, settings);
  const names = factsOf(keyOf(on.store, entry.alias)?.chain[0])?.names ?? [];
  const after = askedAfter({ ...settings, servedAt }, 'the key store is read back');
  return {
    nodeKey: entryKey(entry.alias),
    changes: [file, entry, ...scripts.commands(entry.alias, 'the alias of the entry')],
    standsOn,
    shares: null,
    proofs: servedProofs(servedAt, names),
    coldStart: {
      proved: false,
      sentence: `Not proved: which program reads this key store, and as which user it starts, is not known. Before the install, Trustkeep reads the new key store again, has keytool or openssl of the endpoint read it where there is one, and carries over who can read the file. After the install, ${after}.`,
    },
    warnings: [
      ...warnings,
      ...(servedAt === settings.servedAt
        ? []
        : [
            `Which of the keys is served at ${settings.servedAt} is not known. Choose one with --alias to have it proved.`,
          ]),
      ...unservedWarnings(settings, 'key store'),
    ],
  };
}
