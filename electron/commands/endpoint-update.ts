import { isDeepStrictEqual } from 'node:util';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { text } from '#shared/catalog/flat.ts';
import { endpointInput } from '#shared/contract/endpoints.ts';
import { Failure } from '#shared/failure.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { idOf } from '#shared/model/subject.ts';
import { liveTaskStates } from '#shared/model/task.ts';
import type { Database } from '../database/database.ts';
import type { CommandContext } from '../transport/context.ts';
import { invalidInput } from '../transport/invalid-input.ts';
import { checkNameFree, checkReady, checkStillThere, probed } from './endpoint-checks.ts';
import { type LoginPart, loginOf, namesOwnLogin, namesStore, sealLogin } from './endpoint-login.ts';
import { flatOf, partsOf } from './endpoint-settings.ts';
import { findEndpoint } from './find.ts';
import { listed, merged } from './flat-input.ts';
import type { CommandTools } from './tools.ts';

/** Keeps what is not named; `null` clears; looks at the endpoint again before anything is stored. */
export async function updateEndpoint(
  tools: CommandTools,
  before: Endpoint,
  changes: Record<string, unknown>,
  { audit }: CommandContext,
) {
  const { database, agent, clock } = tools;
  const wanted = wantedOf(tools, before, changes);
  const name = text(wanted, 'name') ?? '';
  checkNameFree(database, name, before.id);
  const remote = text(wanted, 'connection_type') !== 'local';
  if (remote && !namesStore(wanted)) checkReady(tools);
  const cleared = Object.entries(clearable).flatMap(([flag, part]) => (changes[flag] === null ? [part] : []));
  const login = await loginOf(tools, wanted, before, cleared);
  const parts = partsOf(database, before.type, wanted, login.auth);
  const draft: Endpoint = { ...before, name, ...parts, updatedAt: clock.now() };
  const endpoint = await probed(tools, draft, login);
  audit.commit(
    () => {
      checkNameFree(database, name, before.id);
      checkStillThere(database, endpoint);
      // a discovery may have ended while the probe took its time; gone means that somebody removed it
      const { discoveredAt, ...stored } = findEndpoint(database, before.id);
      if (!isSameTarget(stored, endpoint)) checkNotChanging(database, before);
      database.endpoints.update({ ...endpoint, discoveredAt });
      sealLogin(database, endpoint.id, login.changes);
    },
    () => ({ subject: endpoint.id, sentence: `The endpoint "${name}" was changed: ${listed(changes)}.` }),
  );
  agent.events.changed('endpoints', endpoint.id);
  return { endpoint, probe: endpoint.probe };
}

/** A restore must find the target the change was begun on. */
function checkNotChanging(database: Database, { id, name }: Endpoint): void {
  const busy = database.tasks
    .inStates(liveTaskStates)
    .find(({ task, memory }) => idOf(task.subject, 'endpoint') === id && memory.changing);
  if (busy === undefined) return;
  throw new Failure('endpoint.busy', `"${name}" is being changed by a task: ${busy.task.id}.`, {
    hint: 'Change its settings when the task has ended.',
    retry: 'later',
  });
}

function isSameTarget(one: Pick<Endpoint, 'connection' | 'settings'>, other: Endpoint): boolean {
  return isDeepStrictEqual([one.connection, one.settings], [other.connection, other.settings]);
}

/** Options whose clearing forgets something sealed. */
const clearable: Record<string, LoginPart> = {
  password: 'password',
  ssh_key_path: 'privateKey',
  ssh_key_password: 'passphrase',
};

/** The whole form as it would be after the change, fitting the contract. */
function wantedOf({ database }: CommandTools, before: Endpoint, changes: Record<string, unknown>): Flat {
  const descriptor = endpointCatalog[before.type];
  const wanted = merged(descriptor, flatOf(database, before), changes);
  if (text(wanted, 'connection_type') === 'local') {
    for (const { name, when } of descriptor.fields) {
      if (when?.field === 'connection_type' && !(name in changes)) delete wanted[name];
    }
  }
  const namesAnother = changes.store != null || changes.store_cred_id != null;
  if (!namesAnother && (changes.store === null || namesOwnLogin(changes))) dropStore(wanted);
  // a pinned key belongs to one host: another host is a first meeting
  if (changes.host !== undefined && changes.host !== hostOf(before) && changes.host_key === undefined) {
    delete wanted.host_key;
  }
  const parsed = endpointInput.safeParse({ type: before.type, ...wanted });
  if (!parsed.success) throw invalidInput(parsed.error.issues, wanted);
  return wanted;
}

/** The store that was named before gives way to a login that is named now, and both its options go together. */
function dropStore(wanted: Flat): void {
  delete wanted.store;
  delete wanted.store_cred_id;
}

function hostOf({ connection }: Endpoint): string | null {
  return connection.type === 'ssh' ? connection.host : null;
}
