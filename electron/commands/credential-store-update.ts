import { newId } from '#kit/ids.ts';
import { shellWord } from '#kit/shell-word.ts';
import { ownStore } from '#shared/catalog/credential-stores/index.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { invalid, text } from '#shared/catalog/flat.ts';
import { credentialStoreInput } from '#shared/contract/credential-stores.ts';
import { Failure } from '#shared/failure.ts';
import {
  type CredentialStore,
  type CredentialStoreKind,
  defaultStoreName,
  storeDefinition,
} from '#shared/model/credential-store.ts';
import { storeState } from '../agent/store-state.ts';
import type { Database } from '../database/database.ts';
import type { SecretUpdates, StoreState } from '../providers/credential-stores/credential-store.ts';
import type { CommandContext } from '../transport/context.ts';
import { invalidInput } from '../transport/invalid-input.ts';
import { DraftState, type Tried, triedDraft } from './credential-store-draft.ts';
import { forgottenSecrets, isSealed } from './credential-store-secrets.ts';
import { storeSettingsOf } from './credential-store-settings.ts';
import { checkReady } from './endpoint-checks.ts';
import { sameName } from './find.ts';
import { dropUnasked, listed, merged, withDefaults } from './flat-input.ts';
import type { CommandTools } from './tools.ts';

/** Names of stores that are being tried: a second try of one could use up a token that is good once. */
export type InHand = Set<string>;

/** Tried first; refused with the step that failed, and then nothing is stored. */
export async function addStore(
  tools: CommandTools,
  inHand: InHand,
  { kind, ...input }: Flat & { kind: CredentialStoreKind },
  { audit }: CommandContext,
): Promise<CredentialStore> {
  const { database, clock } = tools;
  const name = freeName(database, text(input, 'storename') ?? '', null);
  const definition = storeDefinition({ kind });
  return alone(inHand, [name], async () => {
    const flat = withDefaults(definition, input);
    const settings = storeSettingsOf(kind, flat, (field) => flat[field] !== undefined);
    if (definition.keeper !== null) checkReady(tools);
    const sealing = tools.stores.sealing(kind);
    const updates: SecretUpdates = new Map();
    await sealing.take(flat, updates, tools.readKeyFile);
    const now = clock.now();
    const row = { id: newId('cs'), name, kind, settings, report: null, createdAt: now, updatedAt: now };
    const state = new DraftState(null, updates, sealing);
    try {
      const tried = await triedDraft(tools, row, state);
      const store: CredentialStore = { ...row, report: tried.report };
      const stored = storeState(database)(store.id);
      await handedOver(tools, store.id, tried, state, stored, () =>
        audit.commit(
          () => {
            freeName(database, name, null); // the vault took its time
            database.credentialStores.insert(store);
            state.commit(stored);
          },
          () => ({
            subject: store.id,
            sentence: `The ${kind} credential store "${name}" was added${despiteWords(tried.despite)}.`,
          }),
        ),
      );
      tools.agent.events.changed('credential-stores', store.id);
      return store;
    } finally {
      state.wipe();
    }
  });
}

/**
 * Stores what was tried, and hands its adapter over with the login it made: a second login may not be possible. What was
 * not tried is made again when it describes itself by its name, and keeps its login otherwise.
 */
async function handedOver(
  { stores }: CommandTools,
  id: string,
  { adapter }: Tried,
  state: DraftState,
  stored: StoreState,
  commit: () => void,
): Promise<void> {
  try {
    commit();
  } catch (thrown) {
    await adapter?.close();
    throw thrown;
  }
  if (adapter === null) return stores.renamed(id);
  state.settle(stored);
  stores.adopt(id, adapter);
}

interface StoreUpdate {
  kind?: CredentialStoreKind | undefined;
  new_storename?: string | undefined;
  changes: Record<string, unknown>;
}

/** Keeps what is not named; `null` clears. Tried with what is sealed and what is new before anything is stored. */
export async function updateStore(
  tools: CommandTools,
  inHand: InHand,
  before: CredentialStore,
  update: StoreUpdate,
  { audit }: CommandContext,
): Promise<CredentialStore> {
  const { database, clock } = tools;
  const { changes } = update;
  checkKind(before, update.kind);
  const name = newName(database, before, update.new_storename);
  const definition = storeDefinition(before);
  const sealing = tools.stores.sealing(before.kind);
  return alone(inHand, [before.name, name], async () => {
    const flat = wantedOf(before, changes);
    const cleared = Object.keys(changes).filter((field) => changes[field] === null);
    const otherLogin = text(flat, 'authtype') !== (definition.toFlat(before.settings).authtype ?? null);
    const secrets = forgottenSecrets(sealing, cleared, otherLogin);
    const sealed = (field: string) => isSealed(sealing, database, before.id, field, secrets);
    const settings = storeSettingsOf(
      before.kind,
      flat,
      (field) => flat[field] !== undefined || sealed(field),
    );
    const stored = storeState(database)(before.id);
    const tryIt = definition.keeper !== null && Object.keys(changes).length > 0;
    if (tryIt) checkReady(tools);
    await sealing.take(flat, secrets, tools.readKeyFile);
    const state = new DraftState(stored, secrets, sealing);
    const row: CredentialStore = { ...before, name, settings, updatedAt: clock.now() };
    try {
      const tried = tryIt
        ? await triedDraft(tools, row, state)
        : { report: before.report, despite: null, adapter: null };
      const store = { ...row, report: tried.report };
      await handedOver(tools, store.id, tried, state, stored, () =>
        audit.commit(
          () => {
            freeName(database, name, before.id);
            if (database.credentialStores.get(before.id) === null) throw removedMeanwhile(before.name);
            database.credentialStores.update(store);
            state.commit(stored);
          },
          () => ({ subject: store.id, sentence: changedSentence(before, store, changes, tried.despite) }),
        ),
      );
      tools.credentials.forget(store.id);
      tools.agent.events.changed('credential-stores', store.id);
      return store;
    } finally {
      state.wipe();
    }
  });
}

/** The whole form as it would be after the change, fitting the contract. */
function wantedOf(before: CredentialStore, changes: Record<string, unknown>): Flat {
  const descriptor = storeDefinition(before);
  const fields = descriptor.fields.filter(({ name }) => name !== 'storename');
  const wanted = merged({ ...descriptor, fields }, descriptor.toFlat(before.settings), changes);
  dropUnasked(descriptor, wanted, changes);
  const parsed = credentialStoreInput.safeParse({ kind: before.kind, storename: before.name, ...wanted });
  if (!parsed.success) throw invalidInput(parsed.error.issues, wanted);
  return withDefaults(descriptor, { storename: before.name, ...wanted });
}

function checkKind(before: CredentialStore, kind: CredentialStoreKind | undefined): void {
  if (kind === undefined || kind === before.kind) return;
  throw invalid(
    `The credential store "${before.name}" is of the kind ${before.kind}, not ${kind}.`,
    'The kind of a store cannot be changed. Add another store, and switch its users to it.',
  );
}

function newName(database: Database, before: CredentialStore, wanted: string | undefined): string {
  if (wanted === undefined || wanted === before.name) return before.name;
  if (before.name === defaultStoreName) {
    throw new Failure(
      'credential-store.default-fixed',
      `The default store "${before.name}" cannot be renamed.`,
      {
        hint: `Add another store with the name you want: trustkeep credstore add ${ownStore.id} --storename NAME`,
      },
    );
  }
  return freeName(database, wanted, before.id);
}

function freeName(database: Database, name: string, own: string | null): string {
  const other = sameName(database.credentialStores.list(), name);
  if (other === undefined || other.id === own) return name;
  throw new Failure(
    'credential-store.name-taken',
    `There is already a credential store named "${other.name}".`,
    {
      hint: `Choose another name, or change that store: trustkeep credstore update --storename ${shellWord(other.name)}`,
    },
  );
}

async function alone<T>(inHand: InHand, names: readonly string[], work: () => Promise<T>): Promise<T> {
  const keys = [...new Set(names.map((name) => name.toLowerCase()))];
  const busy = names.find((name) => inHand.has(name.toLowerCase()));
  if (busy !== undefined) {
    throw new Failure('credential-store.in-test', `The credential store "${busy}" is being tested.`, {
      hint: 'Wait until the test is finished.',
    });
  }
  for (const key of keys) inHand.add(key);
  try {
    return await work();
  } finally {
    for (const key of keys) inHand.delete(key);
  }
}

function changedSentence(
  before: CredentialStore,
  { name }: CredentialStore,
  changes: Record<string, unknown>,
  despite: Tried['despite'],
): string {
  const named = before.name === name ? [] : [`was renamed to "${name}"`];
  const renamedOnly = named.length > 0 && Object.keys(changes).length === 0;
  const other = renamedOnly ? [] : [`was changed: ${listed(changes)}`];
  return `The credential store "${before.name}" ${[...other, ...named].join(', and ')}${despiteWords(despite)}.`;
}

function despiteWords(despite: Tried['despite']): string {
  return despite === null ? '' : `, although it failed at the step ${despite.step}: ${despite.usedUp}`;
}

function removedMeanwhile(name: string): Failure {
  return new Failure(
    'credential-store.not-found',
    `The credential store "${name}" was removed in the meantime.`,
  );
}
