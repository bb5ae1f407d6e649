import type { DiscoveredNode, EndpointNode, ServedFact } from '#shared/model/node.ts';

/** The nodes of endpoints, and what of them was last seen from outside. */
export interface NodeRows {
  /**
   * Brings the rows of an endpoint in line with what was found: new ones get ids, known ones (by key) keep theirs and
   * their served fact, vanished ones get `missingSince`, last of all. Certificates found are stored as External when unknown.
   * In steps of some dozens of nodes, each a transaction of its own.
   */
  reconciling(endpointId: string, found: readonly DiscoveredNode[], now: number): Generator<undefined, void>;
  /** The same at once, and what is there then: for few nodes. @internal */
  reconcile(endpointId: string, found: readonly DiscoveredNode[], now: number): EndpointNode[];
  get(id: string): EndpointNode | null;
  /** By id, else `endpoint name/node name`, else a node name that is unique. Ambiguous: all candidates. */
  find(text: string): EndpointNode[];
  list(endpointId?: string): EndpointNode[];
  /** As `list`, in steps of some dozens of nodes: each is as it was at its step, and left out when it was gone then. */
  listing(endpointId?: string): Generator<undefined, EndpointNode[]>;
  /**
   * Those that are still there, hold a certificate and were last seen at `ours` or before, the longest ago first; those
   * whose certificate was not ordered here, once they have been seen, at `others` or before.
   */
  lastSeenBefore(times: { ours: number; others: number }): EndpointNode[];
  setServed(id: string, served: ServedFact): void;
  /** Of many nodes, in steps, each a transaction of its own. */
  settingServed(all: readonly { id: string; served: ServedFact }[]): Generator<undefined, void>;
}
