import { isDeepStrictEqual } from 'node:util';
import { loginFields } from '#shared/catalog/connections/login.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { text } from '#shared/catalog/flat.ts';
import { endpointInput } from '#shared/contract/endpoints.ts';
import { Failure } from '#shared/failure.ts';
import { connectionDefinition, told } from '#shared/model/connection.ts';
import { type Endpoint, endpointDefinition } from '#shared/model/endpoint.ts';
import { idOf } from '#shared/model/subject.ts';
import { liveTaskStates } from '#shared/model/task.ts';
import type { Database } from '../database/database.ts';
import type { CommandContext } from '../transport/context.ts';
import { invalidInput } from '../transport/invalid-input.ts';
import { checkNameFree, checkReady, checkStillThere, probed } from './endpoint-checks.ts';
import { chosenConnection } from './endpoint-connection.ts';
import { loginOf, namesOwnLogin, namesStore, sealLogin } from './endpoint-login.ts';
import { dropSources, endpointSecretsOf, needsMasterKey, sealSecrets } from './endpoint-secrets.ts';
import { flatOf, partsOf } from './endpoint-settings.ts';
import { findEndpoint } from './find.ts';
import { dropUnasked, listed, merged } from './flat-input.ts';
import type { CommandTools } from './tools.ts';

/** Keeps what is not named; `null` clears; looks at the endpoint again before anything is stored. */
export async function updateEndpoint(
  tools: CommandTools,
  before: Endpoint,
  changes: Record<string, unknown>,
  { audit }: CommandContext,
  signal: AbortSignal | undefined,
) {
  const { database, agent, clock } = tools;
  const wanted = wantedOf(tools, before, changes);
  const name = text(wanted, 'name') ?? '';
  checkNameFree(database, name, before.id);
  if (chosenConnection(wanted).authenticates.length > 0 && !namesStore(wanted)) checkReady(tools);
  const cleared = loginFields.flatMap(({ field, seals }) =>
    seals !== null && changes[field.name] === null ? [seals] : [],
  );
  const login = await loginOf(tools, wanted, before, cleared);
  const gone = Object.keys(changes).filter((name) => changes[name] === null);
  const secrets = endpointSecretsOf(database, endpointDefinition(before).fields, wanted, before, gone);
  if (needsMasterKey(secrets)) checkReady(tools, 'What is to be kept secret of the endpoint');
  const parts = partsOf(database, before.type, wanted, { way: login.way, sources: secrets.sources });
  const draft: Endpoint = { ...before, name, ...parts, updatedAt: clock.now() };
  const given = { login: login.material, secrets: secrets.given };
  const endpoint = await probed(tools, draft, given, signal);
  audit.commit(
    () => {
      checkNameFree(database, name, before.id);
      checkStillThere(database, endpoint);
      // a discovery may have ended while the probe took its time; gone means that somebody removed it
      const { discoveredAt, ...stored } = findEndpoint(database, before.id);
      if (!isSameTarget(stored, endpoint)) checkNotChanging(database, before);
      database.endpoints.update({ ...endpoint, discoveredAt });
      sealLogin(database, endpoint.id, login.updates);
      sealSecrets(database, endpoint.id, secrets);
    },
    () => ({ subject: endpoint.id, sentence: `The endpoint "${name}" was changed: ${listed(changes)}.` }),
  );
  agent.events.changed('endpoints', endpoint.id);
  return { endpoint, probe: endpoint.probe };
}

/** A restore must find the endpoint the change was begun on. */
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

/** The whole form as it would be after the change, fitting the contract. */
function wantedOf({ database }: CommandTools, before: Endpoint, changes: Record<string, unknown>): Flat {
  const descriptor = endpointDefinition(before);
  const wanted = merged(descriptor, flatOf(database, before), changes);
  dropUnasked(descriptor, wanted, changes);
  const namesAnother = changes.store != null || changes.store_cred_id != null;
  if (!namesAnother && (changes.store === null || namesOwnLogin(changes))) dropStore(wanted);
  dropIdentity(wanted, before, changes);
  dropSources(descriptor.fields, wanted, changes);
  const parsed = endpointInput.safeParse({ type: before.type, ...wanted });
  if (!parsed.success) throw invalidInput(parsed.error.issues, wanted);
  return wanted;
}

/** The store that was named before gives way to a login that is named now, and both its options go together. */
function dropStore(wanted: Flat): void {
  delete wanted.store;
  delete wanted.store_cred_id;
}

/** A pinned identity belongs to one host: another host is a first meeting. */
function dropIdentity(wanted: Flat, { connection }: Endpoint, changes: Record<string, unknown>): void {
  const { identity } = connectionDefinition(connection);
  const host = told(connection).address?.host;
  if (identity === null || changes.host === undefined || changes.host === host) return;
  if (changes[identity.field] === undefined) delete wanted[identity.field];
}
