import { type Authority, authorityDefinition } from '#shared/model/authority.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Database } from '../../database/database.ts';
import { webRootFor } from './web-root.ts';

/**
 * The fall-back of the endpoint, for orders to the authority that the endpoint orders from: whoever named another one
 * wants that one. One that cannot prove control of these names is none, which the plan says.
 */
export function fallbackFor(
  database: Database,
  { policy }: Pick<Endpoint, 'policy'>,
  { id }: Authority,
  names: readonly string[],
): { row: Authority | null; warnings: string[] } {
  const usual = policy.authorityId ?? database.authorities.default()?.id;
  const row = policy.fallbackId === undefined ? null : database.authorities.get(policy.fallbackId);
  if (row === null || id !== usual || row.id === id) return { row: null, warnings: [] };
  const refused = authorityDefinition(row).unprovable(row.settings, names);
  if (refused === null) return { row, warnings: [] };
  const warning = `The fall-back authority "${row.name}" is not used: it cannot prove control of ${refused.names.join(', ')}: ${refused.because}.`;
  return { row: null, warnings: [warning] };
}

export function fallbackPart(row: Authority | null, node: EndpointNode): Pick<Plan, 'fallback'> {
  if (row === null) return {};
  const { id, name, kind } = row;
  const webRoot = webRootFor(row, node);
  return { fallback: { id, name, kind, ...(webRoot === undefined ? {} : { webRoot }) } };
}
