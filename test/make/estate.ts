import type { ServedState } from '#shared/model/node.ts';
import type { Database } from '../../electron/database/database.ts';
import { aCertificate, aFoundNode, certificateFacts } from './certificate-rows.ts';
import { day, now } from './database.ts';

export interface NodeRequest {
  key: string;
  managed?: boolean;
  served?: ServedState;
  notBefore?: number;
  notAfter?: number;
}

/** Stores all nodes of the endpoint; gives their ids by key. */
export function storeNodes(
  db: Database,
  endpointId: string,
  requests: readonly NodeRequest[],
): Map<string, string> {
  const facts = (request: NodeRequest) =>
    certificateFacts(request.key, {
      notBefore: request.notBefore ?? now - 30 * day,
      notAfter: request.notAfter ?? now + 60 * day,
    });
  const found = requests.map((request) => aFoundNode(request.key, { certificate: facts(request) }));
  const stored = db.nodes.reconcile(endpointId, found, now);
  const ids = new Map(stored.map((node) => [node.key, node.id]));
  for (const [index, request] of requests.entries()) {
    if (request.managed !== false)
      db.certificates.upsert(aCertificate(request.key, { ...facts(request), orderNumber: 1001 + index }));
    if (request.served !== undefined)
      db.nodes.setServed(ids.get(request.key) ?? '', {
        state: request.served,
        fingerprint: null,
        sentence: `${request.key} is served as ${request.served}.`,
        at: now,
      });
  }
  return ids;
}
