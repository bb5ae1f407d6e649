import { z } from 'zod';
import { Failure } from '#shared/failure.ts';

/** Shapes of RFC 8555, RFC 9773 and draft-ietf-acme-profiles, as far as we read them; the rest is let through. */

export const directory = z.looseObject({
  newNonce: z.url(),
  newAccount: z.url(),
  newOrder: z.url(),
  /** RFC 9773. */
  renewalInfo: z.url().optional(),
  meta: z
    .looseObject({
      termsOfService: z.string().optional(),
      externalAccountRequired: z.boolean().optional(),
      profiles: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
});
export type Directory = z.infer<typeof directory>;

const identifier = z.looseObject({ type: z.string(), value: z.string() });
export type Identifier = z.infer<typeof identifier>;

const plainProblem = z.looseObject({
  type: z.string().default('about:blank'),
  detail: z.string().default(''),
  /** A page for people, with `userActionRequired`. */
  instance: z.string().optional(),
  identifier: identifier.optional(),
});
export const problem = plainProblem.extend({ subproblems: z.array(plainProblem).optional() });
export type Problem = z.infer<typeof problem>;

export const account = z.looseObject({ status: z.string(), orders: z.url().optional() });

export const ordersList = z.looseObject({ orders: z.array(z.url()) });

export const acmeOrder = z.looseObject({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  identifiers: z.array(identifier),
  authorizations: z.array(z.url()),
  finalize: z.url(),
  certificate: z.url().optional(),
  profile: z.string().optional(),
  expires: z.string().optional(),
  error: problem.optional(),
});
export type AcmeOrder = z.infer<typeof acmeOrder>;

/** Types are open: CAs have their own beside the registered ones. */
const challenge = z.looseObject({
  type: z.string(),
  url: z.string().default(''),
  status: z.string().default('pending'),
  token: z.string().optional(),
  error: problem.optional(),
});
export type Challenge = z.infer<typeof challenge>;

export const authorization = z.looseObject({
  identifier,
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  challenges: z.array(challenge).default([]),
  wildcard: z.boolean().optional(),
});
export type Authorization = z.infer<typeof authorization>;

export const renewalInfo = z.looseObject({
  suggestedWindow: z.object({
    start: z.iso.datetime({ offset: true }),
    end: z.iso.datetime({ offset: true }),
  }),
  explanationURL: z.string().optional(),
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

/** Undefined when it is no JSON: no shape accepts that. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
