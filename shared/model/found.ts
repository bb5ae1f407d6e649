import { z } from 'zod';

/** Something of the estate that a search by name found. */
export const found = z.object({
  kind: z.enum(['endpoint', 'node', 'certificate']),
  /** Instance ID of an endpoint, ID of a node, fingerprint of a certificate. */
  id: z.string(),
  /** A node is called `endpoint/node`, a certificate by its first name. */
  name: z.string(),
  /** Of the endpoint, or of that of the node; null: a certificate. */
  endpointId: z.string().nullable(),
  /** End of a certificate, epoch milliseconds: several have one name. Null: not a certificate. */
  notAfter: z.number().int().nullable(),
  /** Of a node: the certificate there was obtained here, so that it can be renewed. */
  managed: z.boolean(),
  /** Of a node: a certificate can be installed there. */
  requestable: z.boolean(),
});
export type Found = z.infer<typeof found>;
