import type { LoginWay } from '#shared/catalog/connections/login.ts';
import type { Descriptor } from '#shared/catalog/descriptor.ts';
import type { SecretSources } from '#shared/catalog/endpoints/secrets.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { checkAbsolute, invalid, text, yes } from '#shared/catalog/flat.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import { keyType } from '#shared/model/certificate.ts';
import type { ConnectionSettings } from '#shared/model/connection.ts';
import {
  type Endpoint,
  type EndpointPolicy,
  type EndpointSettings,
  type EndpointType,
  endpointDefinition,
} from '#shared/model/endpoint.ts';
import type { Database } from '../database/database.ts';
import { connectionOf, flatConnection } from './endpoint-connection.ts';
import { flatSources } from './endpoint-secrets.ts';
import { findAuthority } from './find.ts';
import { checkAsked, withDefaults } from './flat-input.ts';

/** What the flat input of `add` and `update` says, without its secrets. */
interface EndpointParts {
  connection: ConnectionSettings;
  settings: EndpointSettings;
  policy: EndpointPolicy;
}

/** From what was named now or is sealed already. */
interface KnownSecrets {
  /** How the login is given; null: not at all. */
  way: LoginWay | null;
  sources: SecretSources;
}

/**
 * Flat input, already fitting the contract, as the parts of the row. `input.invalid` for what does not go together.
 */
export function partsOf(
  database: Database,
  type: EndpointType,
  input: Flat,
  { way, sources }: KnownSecrets,
): EndpointParts {
  const descriptor = endpointDefinition({ type });
  const flat = withDefaults(descriptor, input);
  checkAsked(descriptor, flat);
  checkPaths(descriptor, flat);
  return {
    connection: connectionOf(database, flat, way),
    settings: descriptor.fromFlat(flat, sources),
    policy: policyOf(database, flat),
  };
}

/** The other way round, so that an update can keep what it does not name. */
export function flatOf(database: Database, endpoint: Endpoint): Flat {
  return {
    name: endpoint.name,
    ...flatConnection(database, endpoint.connection),
    ...endpointDefinition(endpoint.settings).toFlat(endpoint.settings),
    ...flatSources(database, endpoint.settings),
    auto_approve: endpoint.policy.autoApprove,
    auto_renew: endpoint.policy.autoRenew,
    authority: authorityName(database, endpoint.policy.authorityId),
    fallback_authority: authorityName(database, endpoint.policy.fallbackId ?? null),
    key_type: endpoint.policy.keyType ?? undefined,
    // a type that is never restarted has no such option, not even an empty one
    ...(endpoint.policy.restarts === undefined ? {} : { restarts: endpoint.policy.restarts }),
  };
}

function checkPaths({ fields }: Descriptor, flat: Flat): void {
  for (const field of fields) {
    if (field.kind === 'path') checkAbsolute(field.label, text(flat, field.name));
  }
}

function policyOf(database: Database, flat: Flat): EndpointPolicy {
  const authority = text(flat, 'authority');
  const fallback = text(flat, 'fallback_authority');
  const authorityId = authority === null ? null : findAuthority(database, authority).id;
  const fallbackId = fallback === null ? null : findAuthority(database, fallback).id;
  if (fallbackId !== null && fallbackId === authorityId)
    throw invalid(
      `The fall-back authority "${fallback}" is the authority of the endpoint already.`,
      'Name another one, or leave the fall-back out.',
    );
  return {
    autoApprove: yes(flat, 'auto_approve', false),
    autoRenew: yes(flat, 'auto_renew', true),
    authorityId,
    ...(fallbackId === null ? {} : { fallbackId }),
    keyType: keyTypeOf(text(flat, 'key_type')),
    ...(text(flat, 'restarts') === 'separately' ? { restarts: 'separately' as const } : {}),
  };
}

function keyTypeOf(value: string | null): KeyType | null {
  return value === null ? null : keyType.parse(value);
}

/** An authority that is gone is not kept: the default one takes over. */
function authorityName(database: Database, id: string | null): string | undefined {
  return id === null ? undefined : database.authorities.get(id)?.name;
}
