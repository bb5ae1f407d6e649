import { z } from 'zod';
import { Failure } from '#shared/failure.ts';

/**
 * Shapes of RFC 8555, RFC 9773 and draft-ietf-acme-profiles, as far as we read them; the rest is let through. Members
 * that we can do without are absent when they are null, empty or of another kind: CAs differ there, and nothing is
 * protected by refusing. What a request is sent to, or decided by, is demanded.
 */

const maybeUrl = z.url().optional().catch(undefined);
const maybeText = z.string().optional().catch(undefined);

export const directory = z.looseObject({
  newNonce: z.url(),
  newAccount: z.url(),
  newOrder: z.url(),
  keyChange: maybeUrl,
  revokeCert: maybeUrl,
  /** RFC 9773. */
  renewalInfo: maybeUrl,
  meta: z
    .looseObject({
      termsOfService: maybeText,
      externalAccountRequired: z.boolean().optional().catch(undefined),
      profiles: z.record(z.string(), z.string().catch('')).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});
export type Directory = z.infer<typeof directory>;

const identifier = z.looseObject({ type: z.string(), value: z.string() });
export type Identifier = z.infer<typeof identifier>;

const plainProblem = z.looseObject({
  type: z.string().default('about:blank').catch('about:blank'),
  detail: z.string().default('').catch(''),
  /** A page for people, with `userActionRequired`. */
  instance: maybeText,
  identifier: identifier.optional().catch(undefined),
});
export const problem = plainProblem.extend({
  subproblems: z.array(plainProblem).optional().catch(undefined),
});
export type Problem = z.infer<typeof problem>;

export const account = z.looseObject({
  /** Null when the CA does not say. */
  status: z.string().nullable().default(null).catch(null),
  contact: z.array(z.string()).optional().catch(undefined),
  orders: maybeUrl,
});

export const ordersList = z.looseObject({ orders: z.array(z.url()).default([]) });

export const acmeOrder = z.looseObject({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  identifiers: z.array(identifier).default([]),
  authorizations: z.array(z.url()).default([]),
  finalize: maybeUrl,
  certificate: maybeUrl,
  profile: maybeText,
  expires: maybeText,
  error: problem.optional().catch(undefined),
});
export type AcmeOrder = z.infer<typeof acmeOrder>;

/** Types are open: CAs have their own beside the registered ones. */
const challenge = z.looseObject({
  type: z.string(),
  url: z.string().default(''),
  status: z.string().default('pending'),
  token: maybeText,
  error: problem.optional().catch(undefined),
});
export type Challenge = z.infer<typeof challenge>;

export const authorization = z.looseObject({
  identifier,
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  challenges: z.array(challenge).default([]),
  wildcard: z.boolean().optional().catch(undefined),
});
export type Authorization = z.infer<typeof authorization>;

export const renewalInfo = z.looseObject({
  suggestedWindow: z.object({
    start: z.iso.datetime({ offset: true }),
    end: z.iso.datetime({ offset: true }),
  }),
  explanationURL: maybeText,
});

/** Reads an answer, or says plainly that the CA did not speak ACME. */
export function readAs<T>(shape: z.ZodType<T>, body: Buffer, what: string, ca: string): T {
  const read = shape.safeParse(parseJson(body));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new Failure('acme.unexpected-answer', `The CA ${ca} sent no valid ${what}.`, {
    hint: 'Check that the directory URL is that of an ACME (RFC 8555) directory, exactly as the CA publishes it.',
    peerSaid: issue === undefined ? undefined : `${issue.path.join('.')}: ${issue.message}`,
    cause: read.error,
  });
}

/** Members that are null are left out. Undefined when it is no JSON: no shape accepts that. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'), (_name, value: unknown) => value ?? undefined);
  } catch {
    return undefined;
  }
}
