import { shellWord } from '#kit/shell-word.ts';
import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Authority } from '#shared/model/authority.ts';
import type { Channel } from '#shared/model/channel.ts';
import { type Credential, type CredentialStore, storeDefinition } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Database } from '../database/database.ts';

/** What a person or script named, found, or the sentence that says why not. */

export function findEndpoint(database: Database, nameOrId: string): Endpoint {
  const found = database.endpoints.find(nameOrId) ?? sameName(database.endpoints.list(), nameOrId);
  if (found) return found;
  throw notFound('endpoint', nameOrId, 'trustkeep tls list');
}

export function findNode(database: Database, text: string): EndpointNode {
  const found = database.nodes.find(text);
  const [first] = found;
  if (first === undefined) throw notFound('node', text, 'trustkeep nodes list');
  if (found.length === 1) return first;
  const shown = found.slice(0, mostCandidates).map(candidate);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : '';
  const byEndpoint = new Set(found.map(({ endpointId }) => endpointId)).size === found.length;
  throw new Failure(
    'node.ambiguous',
    `"${text}" matches ${found.length} nodes: ${shown.join(', ')}${more}.`,
    {
      hint: byEndpoint
        ? `Use the ID of one of them, or its endpoint before its name: ${shellWord(`${first.endpointName}/${first.name}`)}`
        : `Use the ID of one of them: ${first.id}${more === '' ? '' : '. All of them: trustkeep nodes list'}`,
    },
  );
}

const mostCandidates = 10;

/** With what tells it from another of the same name. */
function candidate({ endpointName, name, id, bindings, place }: EndpointNode): string {
  const at = bindings.map(({ configured }) => configured).join(', ');
  return `${endpointName}/${name} (${[id, ...(at === '' ? [] : [at]), ...(place === null ? [] : [place])].join(', ')})`;
}

export function findAuthority(database: Database, nameOrId: string): Authority {
  const found = database.authorities.find(nameOrId) ?? sameName(database.authorities.list(), nameOrId);
  if (found) return found;
  throw notFound('authority', nameOrId, 'trustkeep authorities list');
}

export function findChannel(database: Database, nameOrId: string): Channel {
  const found = database.channels.find(nameOrId) ?? sameName(database.channels.list(), nameOrId);
  if (found) return found;
  throw notFound('channel', nameOrId, 'trustkeep channels list');
}

export function findStore(database: Database, nameOrId: string): CredentialStore {
  const found =
    database.credentialStores.find(nameOrId) ?? sameName(database.credentialStores.list(), nameOrId);
  if (found) return found;
  throw new Failure('credential-store.not-found', `There is no credential store "${nameOrId}".`, {
    hint: 'List them: trustkeep credstore list',
  });
}

/** One that keeps credentials itself. */
export function findLocalStore(database: Database, nameOrId: string): CredentialStore {
  const store = findStore(database, nameOrId);
  const { keeper } = storeDefinition(store);
  if (keeper === null) return store;
  throw new Failure(
    'credential-store.read-only',
    `The credentials of "${store.name}" are kept in ${keeper}, which Trustkeep only reads.`,
    {
      hint: `List and change them there. Show one: trustkeep credstore credentials get --storename ${shellWord(store.name)} --id ID`,
    },
  );
}

export function findCredential(database: Database, store: CredentialStore, id: string): Credential {
  const found = database.credentials.get(store.id, id);
  if (found !== null) return found;
  throw new Failure('credential.not-found', `The store "${store.name}" has no credential "${id}".`, {
    hint: `List them: trustkeep credstore credentials list --storename ${shellWord(store.name)}`,
  });
}

/** By its own id or by the id of the task that waits for it. */
export function findApproval(database: Database, id: string): Approval {
  const found = database.approvals.get(id) ?? database.approvals.ofTask(id);
  if (found) return found;
  throw notFound('approval', id, 'trustkeep approvals list');
}

/** Names differ by more than capital letters, so a name typed with other ones is still one name. */
export function sameName<T extends { id: string; name: string }>(
  rows: readonly T[],
  name: string,
): T | undefined {
  const wanted = name.toLowerCase();
  return rows.find((row) => row.name.toLowerCase() === wanted);
}

const missing = {
  approval: 'approval.not-found',
  authority: 'authority.not-found',
  certificate: 'certificate.not-found',
  channel: 'channel.not-found',
  endpoint: 'endpoint.not-found',
  node: 'node.not-found',
  order: 'order.not-found',
  outbox: 'outbox.not-found',
  task: 'task.not-found',
} as const satisfies Record<string, FailureCode>;

export function notFound(what: keyof typeof missing, named: string, listed: string): Failure {
  return new Failure(missing[what], `There is no ${what} "${named}".`, {
    hint: `List them: ${listed}`,
    retry: 'needs-person',
  });
}
