import { announced } from '#shared/catalog/connections/announced.ts';
import { usualConnection } from '#shared/catalog/connections/index.ts';
import type { LoginWay } from '#shared/catalog/connections/login.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { invalid, text } from '#shared/catalog/flat.ts';
import {
  type ConnectionSettings,
  connectionDefinition,
  connectionNamed,
  connectionTypes,
  told,
} from '#shared/model/connection.ts';
import type { Database } from '../database/database.ts';
import { findStore } from './find.ts';

/** The connection that a form chooses. `input.invalid` for one that this version has no adapter for, with those in its place. */
export function chosenConnection(flat: Flat) {
  const type = text(flat, 'connection_type') ?? usualConnection.id;
  const known = connectionNamed(type);
  if (known !== null) return known;
  const kind = announced.find(({ id }) => id === type)?.kind;
  const others = connectionTypes
    .filter((one) => connectionDefinition({ type: one }).kind === kind)
    .join(' or ');
  throw invalid(`The connection type ${type} is not supported by this version; use ${others}.`);
}

/** `way`: how the login is given; null: not at all. Stores are typed by name and kept by id. */
export function connectionOf(database: Database, flat: Flat, way: LoginWay | null): ConnectionSettings {
  const store = way === 'credential-store' ? findStore(database, text(flat, 'store') ?? '').id : undefined;
  return chosenConnection(flat).fromFlat({ ...flat, store }, way);
}

/** The other way round, with the names of stores. */
export function flatConnection(database: Database, connection: ConnectionSettings): Flat {
  const flat = connectionDefinition(connection).toFlat(connection);
  const { login } = told(connection);
  if (login === null) return { connection_type: connection.type, ...flat };
  return { connection_type: connection.type, ...flat, store: storeName(database, login.store) };
}

/** Under the id of one that is gone nothing is found, and that is said. */
function storeName(database: Database, id: string | null): string | undefined {
  return id === null ? undefined : (database.credentialStores.get(id)?.name ?? id);
}
