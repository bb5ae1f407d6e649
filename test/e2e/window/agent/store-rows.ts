import { Failure } from '#shared/failure.ts';
import type { Credential, CredentialStore, StoreUser } from '#shared/model/credential-store.ts';
import type { World } from '../world/world.ts';

/** By id or name. Failure `credential-store.not-found`. */
export function findStore({ stores }: World, name: string): CredentialStore {
  const found = stores.find((one) => one.id === name || one.name === name);
  if (found !== undefined) return found;
  throw new Failure('credential-store.not-found', `There is no credential store "${name}".`, {
    hint: 'List them: trustkeep credstore list',
  });
}

/** The endpoints that log in with one of its credentials. */
export function usersOfStore({ endpoints }: World, storeId: string): StoreUser[] {
  return endpoints.flatMap(({ id, name, connection }) =>
    connection.type === 'ssh' && connection.store === storeId
      ? [{ kind: 'endpoint' as const, id, name, credentialId: connection.storeCredentialId ?? '' }]
      : [],
  );
}

export const usersOfCredential = (world: World, { storeId, id }: Credential): StoreUser[] =>
  usersOfStore(world, storeId).filter((user) => user.credentialId === id);

/** Of a store that keeps credentials itself. Failure `credential.not-found`. */
export function findCredential(world: World, { id: storeId, name }: CredentialStore, id: string): Credential {
  const found = world.credentials.find((one) => one.storeId === storeId && one.id === id);
  if (found !== undefined) return found;
  throw new Failure('credential.not-found', `The store "${name}" has no credential "${id}".`, {
    hint: `List them: trustkeep credstore credentials list --storename ${name}`,
  });
}
