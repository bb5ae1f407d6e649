import { storesOf } from '#shared/catalog/endpoints/secrets.ts';
import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import { connectionDefinition, told } from '#shared/model/connection.ts';
import { isKeptHere } from '#shared/model/credential-store.ts';
import type { Endpoint, ProbeReport } from '#shared/model/endpoint.ts';
import type { CheckName } from '#shared/model/probe-check.ts';
import type { GivenForDraft } from '../agent/endpoints/probe.ts';
import type { Database } from '../database/database.ts';
import { sameName } from './find.ts';
import type { CommandTools } from './tools.ts';

export function checkNameFree(database: Database, name: string, own: string | null): void {
  const other = sameName(database.endpoints.list(), name);
  if (other === undefined || other.id === own) return;
  throw new Failure(
    'endpoint.name-taken',
    `There is already an endpoint named "${other.name}" (${other.id}).`,
    {
      hint: 'Choose another name, or change that endpoint with "trustkeep tls update".',
    },
  );
}

/** Before anything is asked of a person's server: there must be a place to seal what is told us. */
export function checkReady({ masterKey }: CommandTools, what = 'The login'): void {
  const { state, sentence } = masterKey.state();
  if (state === 'ready') return;
  throw new Failure(
    `keychain.${state === 'opening' ? 'locked' : state}`,
    `${what} cannot be encrypted. ${sentence}`,
    {
      hint:
        state === 'not-chosen'
          ? 'Choose where the master key is kept: trustkeep secrets choose'
          : 'See what to do: trustkeep secrets state',
      retry: 'needs-person', // nobody waits: the person who asks has to act
    },
  );
}

/** What the endpoint names may have been removed while the probe took its time: nobody used it yet. */
export function checkStillThere(database: Database, { name, connection, settings, policy }: Endpoint): void {
  const gone = (code: FailureCode, what: string) =>
    new Failure(code, `${what} that "${name}" was to use was removed in the meantime.`, {
      hint: `Nothing was stored for "${name}". Choose another one.`,
    });
  const authorities = [policy.authorityId, policy.fallbackId ?? null];
  if (authorities.some((id) => id !== null && database.authorities.get(id) === null))
    throw gone('authority.not-found', 'The authority');
  const { login } = told(connection);
  const read = storesOf(settings);
  if (login !== null && login.store !== null)
    read.push({ store: login.store, credentialId: login.storeCredentialId ?? '' });
  for (const { store: storeId, credentialId } of read) {
    const store = database.credentialStores.get(storeId);
    if (store === null) throw gone('credential-store.not-found', 'The credential store');
    if (isKeptHere(store) && database.credentials.get(store.id, credentialId) === null)
      throw gone('credential.not-found', `The credential "${credentialId}" of "${store.name}"`);
  }
}

/** The checks without which there is nothing to talk to, with the code of their failure; any other "no" is worth keeping. */
function doorsOf({ connection }: Endpoint): ReadonlyMap<string, FailureCode> {
  const { refused, identity } = connectionDefinition(connection);
  return new Map<string, FailureCode>([
    ['credential', 'credential.not-read'],
    ['connect', 'endpoint.unreachable'],
    ['log-in', refused ?? 'endpoint.unreachable'],
    ...(identity === null ? [] : [[identity.id, identity.changed] as const]),
  ]);
}

function cancelled(name: string, cause?: unknown): Failure {
  return new Failure('call.cancelled', `The check of "${name}" was cancelled.`, {
    hint: 'Nothing was stored.',
    cause,
  });
}

/**
 * The draft with its report and the identity that was seen. Throws when the endpoint cannot be talked to, and
 * `call.cancelled` when whoever called gave up. Windows are told as each check begins.
 */
export async function probed(
  { agent, clock }: CommandTools,
  draft: Endpoint,
  given: GivenForDraft,
  signal: AbortSignal | undefined,
): Promise<Endpoint & { probe: ProbeReport }> {
  const { name } = draft;
  const begins = (check: CheckName) => agent.events.emit({ type: 'probing', name, check, at: clock.now() });
  begins('connect');
  const probe = agent.endpoints.probeDraft(draft, given, { signal, begins });
  const { report, identity } = await probe.catch((error: unknown) => {
    throw signal?.aborted ? cancelled(name, error) : error;
  });
  if (signal?.aborted) throw cancelled(name);
  const doors = doorsOf(draft);
  const shut = report.checks.find(({ name, ok }) => !ok && doors.has(name));
  if (shut !== undefined) {
    throw new Failure(doors.get(shut.name) ?? 'endpoint.unreachable', shut.sentence, {
      hint: `Nothing was stored for "${draft.name}".`,
    });
  }
  const { connection } = draft;
  if (identity === null || told(connection).pinned !== null) return { ...draft, probe: report };
  const pinned = connectionDefinition(connection).pin(connection, identity);
  return { ...draft, connection: pinned, probe: report };
}
