import type { z } from 'zod';
import type { ConnectionDefinition, ToldConnection } from '../catalog/connections/definition.ts';
import { connectionCatalog, type connectionSettings, connectionType } from '../catalog/connections/index.ts';

export type ConnectionType = z.infer<typeof connectionType>;
export const connectionTypes = connectionType.options;

/** How an endpoint is reached, without any secret. Secrets are sealed apart, under the endpoint's id. */
export type ConnectionSettings = z.infer<typeof connectionSettings>;

/** The definition that stored settings, or a type, belong to. */
export function connectionDefinition({
  type,
}: {
  type: ConnectionType;
}): ConnectionDefinition<ConnectionType, ConnectionSettings> {
  return connectionCatalog[type];
}

/** What stored settings say, whatever their type. */
export function told(settings: ConnectionSettings): ToldConnection {
  return connectionDefinition(settings).told(settings);
}

/** For people: `this machine`, `ssh deploy@web1:22`. */
export function described(settings: ConnectionSettings): string {
  return connectionDefinition(settings).described(settings);
}

/** The definition of what somebody named; null: this version has no such connection. */
export function connectionNamed(
  type: unknown,
): ConnectionDefinition<ConnectionType, ConnectionSettings> | null {
  const known = connectionType.safeParse(type);
  return known.success ? connectionDefinition({ type: known.data }) : null;
}
