import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import { keyAuthorizationShape } from './key-authorization.ts';

/** What was put up so that the CA can see control of a name. Nothing in it is secret: the CA's question is public. */
const common = {
  /** As it was ordered, with its star. */
  name: z.string(),
  challengeUrl: z.string(),
  /** RFC 8555 8.1. Which file or record it makes is never stored: that is told by this and the name, each time. */
  keyAuthorization: z.string().regex(keyAuthorizationShape),
};
const provision = z.discriminatedUnion('by', [
  z.object({ by: z.literal('responder'), ...common }),
  z.object({ by: z.literal('alpn-responder'), ...common }),
  z.object({ by: z.literal('web-root'), ...common }),
  z.object({
    by: z.literal('dns-script'),
    ...common,
    /** When the add script was done, epoch milliseconds; null: not known to have run to its end. */
    addedAt: z.number().nullable(),
  }),
]);
export type Provision = z.infer<typeof provision>;

/** This process answers itself, as long as it runs. */
export const isListener = ({ by }: Provision): boolean => by === 'responder' || by === 'alpn-responder';

/** Earlier versions stored the file as well, whose content this is. Their DNS records cannot be told, and are refused. */
function fromEarlier(stored: unknown): unknown {
  if (typeof stored !== 'object' || stored === null || !('body' in stored)) return stored;
  const { body, path: _path, ...rest } = stored as Record<string, unknown>;
  return { keyAuthorization: body, ...rest };
}

/**
 *   placing ──▶ placed ──▶ finalizing ──▶ finalized
 *
 * Each is stored before the request that leads on. `placing`: newOrder may have reached the CA, its answer did not
 * reach us. `finalizing`: this one order, at this URL, is the one that becomes the certificate.
 */
const acmeHandle = z.object({
  version: z.literal(1),
  phase: z.enum(['placing', 'placed', 'finalizing', 'finalized']),
  orderUrl: z.string().nullable(),
  certificateUrl: z.string().nullable(),
  provisions: z.array(z.preprocess(fromEarlier, provision)),
  /** When the CA was last told that all is in place, epoch milliseconds. */
  answeredAt: z.number().nullable(),
  /** When something last went forward, epoch milliseconds; how patiently to ask is read from it. */
  progressAt: z.number(),
  /** Times a new order took the place of one that somebody else finalized, or that failed while nobody here answered. */
  replaced: z.number().int(),
  /** Answers in a row that said that the order, or a part of it, is not there. */
  absent: z.number().int().default(0),
  /** What name servers answered before the CA was told; null: none was asked. */
  shown: z.string().nullable().default(null),
});
export type AcmeHandle = z.infer<typeof acmeHandle>;

export function newHandle(now: number): AcmeHandle {
  return {
    version: 1,
    phase: 'placing',
    orderUrl: null,
    certificateUrl: null,
    provisions: [],
    answeredAt: null,
    progressAt: now,
    replaced: 0,
    absent: 0,
    shown: null,
  };
}

export function readHandle(handle: unknown): AcmeHandle {
  const read = acmeHandle.safeParse(handle);
  if (read.success) return read.data;
  throw new Failure('acme.handle-damaged', 'The stored data about the order at the CA cannot be read.', {
    hint: 'Request the certificate again; the unfinished order costs nothing and expires at the CA.',
    cause: read.error,
  });
}
