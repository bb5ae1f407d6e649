import { type SecretSource, sourcesOf } from '#shared/catalog/endpoints/secrets.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { type Endpoint, endpointDefinition } from '#shared/model/endpoint.ts';
import type { Database } from '../database/database.ts';
import { wipeCredential } from '../providers/credential-stores/credential-store.ts';
import type { Secret } from '../secrets/secret.ts';
import type { CredentialReader } from './credentials.ts';

/** Of an endpoint that is not stored like this yet: what was given now, null where it was cleared. They stay the giver's. */
export type GivenSecrets = ReadonlyMap<string, Secret | null>;

/** As the endpoint's adapter opens its secrets; see `EndpointSecrets`. */
export type OpenSecret = (name: string) => Promise<Secret | null>;

interface SecretParts {
  database: Database;
  credentials: CredentialReader;
}

/** Opens the secrets of an endpoint by the names of their fields, where its settings say that they are. */
export function secretOpener(
  parts: SecretParts,
  row: Endpoint,
  given: GivenSecrets = new Map(),
  signal?: AbortSignal,
): OpenSecret {
  return async (name) => {
    const source = sourcesOf(row.settings)[name] ?? null;
    if (source === null) return null;
    if (source.from === 'endpoint') return sealed(parts, row, name, given);
    try {
      return await fromStore(parts, name, source, signal);
    } catch (error) {
      signal?.throwIfAborted();
      const failure = asFailure(error);
      throw failure.saying(`${capital(named(row, name))} could not be read: ${failure.message}`, {
        cause: error,
      });
    }
  };
}

function sealed({ database }: SecretParts, row: Endpoint, name: string, given: GivenSecrets): Secret {
  const now = given.get(name);
  const secret = now === undefined ? database.secrets.open(row.id, name) : (now?.copy() ?? null);
  if (secret !== null) return secret;
  throw new Failure('secret.missing', `${capital(named(row, name))} is no longer stored.`, {
    hint: `Set it again: trustkeep tls update --${name}-prompt`,
  });
}

type InStore = Extract<SecretSource, { from: 'credential-store' }>;

async function fromStore(
  { database, credentials }: SecretParts,
  name: string,
  { store, credentialId }: InStore,
  signal: AbortSignal | undefined,
): Promise<Secret> {
  const storeName = database.credentialStores.get(store)?.name;
  if (storeName === undefined)
    throw new Failure('credential-store.not-found', 'Its credential store no longer exists.', {
      hint: `Choose another store with --${name}_store, or give it with --${name}-prompt.`,
    });
  const read = await credentials.read(store, credentialId, { signal });
  const password = read.password?.copy() ?? null;
  wipeCredential(read);
  if (password !== null) return password;
  throw new Failure(
    'credential.no-password',
    `The credential "${credentialId}" of store "${storeName}" has no password.`,
    { hint: `Choose another credential with --${name}_cred_id, or add a password to it.` },
  );
}

/** `the store password of "shop"` */
function named({ name: endpoint, settings }: Endpoint, secret: string): string {
  const field = endpointDefinition(settings).fields.find(({ name }) => name === secret);
  return `the ${(field?.label ?? secret).toLowerCase()} of "${endpoint}"`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
