import {
  credentialField,
  type SecretSource,
  secretsAmong,
  sourcesOf,
  storeField,
} from '#shared/catalog/endpoints/secrets.ts';
import type { Field, Flat } from '#shared/catalog/field.ts';
import { invalid, text } from '#shared/catalog/flat.ts';
import { isKeptHere } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { GivenSecrets } from '../agent/endpoint-secrets.ts';
import type { Database } from '../database/database.ts';
import { Secret } from '../secrets/secret.ts';
import { findCredential, findStore } from './find.ts';

/** Secrets of one command beside the login, by the names of their fields. */
interface EndpointSecrets {
  /** Where each will be; null: there is none. */
  sources: Record<string, SecretSource | null>;
  /** What was given now, to be sealed; null: what is sealed is forgotten. What is not in it stays as it is. */
  given: GivenSecrets;
}

/**
 * Reads what was named now of the secrets of a type. What is sealed for `before` stays unless it is named again, read from
 * a credential store from now on, or among `cleared`. `input.invalid`, `credential-store.not-found`.
 */
export function endpointSecretsOf(
  database: Database,
  fields: readonly Field[],
  flat: Flat,
  before: Pick<Endpoint, 'settings'> | null = null,
  cleared: readonly string[] = [],
): EndpointSecrets {
  const known = before === null ? {} : sourcesOf(before.settings);
  const sources: EndpointSecrets['sources'] = {};
  const given = new Map<string, Secret | null>();
  for (const field of secretsAmong(fields)) {
    const { name } = field;
    const value = text(flat, name);
    const stored = storedSource(database, field, flat);
    if (stored === null && value === null && known[name]?.from === 'endpoint' && !cleared.includes(name)) {
      sources[name] = known[name];
      continue;
    }
    sources[name] = stored ?? (value === null ? null : { from: 'endpoint' });
    given.set(name, value === null ? null : Secret.of(value));
    checkNeeded(field, sources[name]);
  }
  return { sources, given };
}

/** Null: no credential store is named for it. */
function storedSource(database: Database, { name, label }: Field, flat: Flat): SecretSource | null {
  const [store, credentialId] = [text(flat, storeField(name)), text(flat, credentialField(name))];
  if (store === null && credentialId === null) return null;
  if (text(flat, name) !== null)
    throw invalid(
      `${label} is either given directly or read from a credential store, not both.`,
      `Leave out --${name}, or --${storeField(name)} and --${credentialField(name)}.`,
    );
  if (store === null)
    throw invalid(
      `A credential ID for the ${label.toLowerCase()} was given without its credential store.`,
      `Add --${storeField(name)}.`,
    );
  const row = findStore(database, store);
  if (credentialId === null)
    throw invalid(
      `No credential of "${store}" was chosen for the ${label.toLowerCase()}.`,
      `Add --${credentialField(name)}.`,
    );
  if (isKeptHere(row)) findCredential(database, row, credentialId);
  return { from: 'credential-store', store: row.id, credentialId };
}

function checkNeeded({ name, label, unless }: Field, source: SecretSource | null): void {
  if (unless === undefined || source !== null) return;
  throw invalid(
    `${label} is required.`,
    `Give it when asked for it or with --${name}-stdin, or add --${unless} with --${credentialField(name)}.`,
  );
}

/** Whether something of it is sealed or opened with the master key. */
export function needsMasterKey({ sources }: EndpointSecrets): boolean {
  return Object.values(sources).some((source) => source?.from === 'endpoint');
}

/** In the caller's transaction. */
export function sealSecrets(database: Database, endpointId: string, { given }: EndpointSecrets): void {
  for (const [name, value] of given) {
    if (value === null) database.secrets.remove(endpointId, name);
    else database.secrets.put(endpointId, name, value);
  }
}

/** By the names of the fields, with the names of stores; under the ID of one that is gone nothing is found, and that is said. */
export function flatSources(database: Database, settings: Endpoint['settings']): Flat {
  return Object.fromEntries(
    Object.entries(sourcesOf(settings)).flatMap(([name, source]) =>
      source?.from === 'credential-store'
        ? [
            [storeField(name), database.credentialStores.get(source.store)?.name ?? source.store],
            [credentialField(name), source.credentialId],
          ]
        : [],
    ),
  );
}

/** A secret that is given or cleared now beats the store that was named before, and both fields of a store go together. */
export function dropSources(fields: readonly Field[], wanted: Flat, changes: Record<string, unknown>): void {
  for (const { name } of secretsAmong(fields)) {
    const [store, credential] = [storeField(name), credentialField(name)];
    const namesAnother = changes[store] != null || changes[credential] != null;
    if (namesAnother) continue;
    if (changes[store] === null || changes[credential] === null || name in changes) {
      delete wanted[store];
      delete wanted[credential];
    }
  }
}
