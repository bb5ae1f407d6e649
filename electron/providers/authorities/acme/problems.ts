import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { RetryClass } from '#shared/failure-codes/code.ts';
import { type FailureCode, failureCodes } from '#shared/failure-codes.ts';
import type { Problem } from './wire.ts';

const prefix = 'urn:ietf:params:acme:error:';

interface Meaning {
  code: FailureCode;
  words?: string;
  hint?: string;
}

/** What the errors of RFC 8555 6.7 (and its children) mean for us. */
const meanings: Readonly<Record<string, Meaning>> = {
  accountDoesNotExist: {
    code: 'acme.account-does-not-exist',
    words: 'it does not know the account',
    hint: 'Test the authority: this asks the CA and registers an account again.',
  },
  alreadyReplaced: {
    code: 'acme.already-replaced',
    words: 'the certificate has already been replaced',
    hint: 'Check the newer certificate for the same names.',
  },
  alreadyRevoked: { code: 'acme.already-revoked', words: 'the certificate has already been revoked' },
  badCSR: {
    code: 'acme.bad-csr',
    words: 'it does not accept the certificate request',
    hint: 'Choose another key type or certificate profile.',
  },
  badNonce: {
    code: 'acme.bad-nonce',
    words: 'it refused every anti-replay nonce',
    hint: 'Trustkeep will try again automatically.',
  },
  badRevocationReason: {
    code: 'acme.bad-revocation-reason',
    words: 'it does not accept the reason for the revocation',
    hint: 'Choose another reason. Every CA accepts unspecified.',
  },
  caa: {
    code: 'acme.caa',
    words: 'a CAA record forbids it to issue',
    hint: 'Add this CA to the CAA records of the name, or use a CA that is listed there.',
  },
  conflict: {
    code: 'acme.conflict',
    words: 'it conflicts with what the CA already has',
    hint: 'Check whether another program orders the same names with the same account.',
  },
  connection: {
    code: 'acme.connection',
    words: 'it could not connect to the address where control is proved',
    hint: 'Check that the CA can reach port 80 of the name (http-01).',
  },
  dns: {
    code: 'acme.dns',
    words: 'it could not resolve the name',
    hint: 'Check the public DNS records of the name.',
  },
  externalAccountRequired: {
    code: 'acme.external-account-required',
    words: 'it requires an external account binding',
    hint: 'Get an EAB key ID and HMAC key from the CA and set both for the authority.',
  },
  incorrectResponse: {
    code: 'acme.incorrect-response',
    words: 'it received a different answer where control is proved',
    hint: 'Check that the name leads to this responder or web root, with no redirect or cache on the way.',
  },
  invalidContact: {
    code: 'acme.invalid-contact',
    words: 'it does not accept the contact address',
    hint: 'Correct the contact of the authority.',
  },
  invalidProfile: {
    code: 'acme.invalid-profile',
    words: 'it does not offer this certificate profile',
    hint: 'Test the authority to see the profiles it offers, and choose one of them.',
  },
  orderNotReady: {
    code: 'acme.order-not-ready',
    words: 'the order is not ready',
    hint: 'Trustkeep will check again automatically.',
  },
  rateLimited: {
    code: 'acme.rate-limited',
    words: 'its rate limit is reached',
    hint: 'Trustkeep will wait as long as the CA asks.',
  },
  rejectedIdentifier: {
    code: 'acme.rejected-identifier',
    words: 'it does not issue for these names',
    hint: 'Check the names; with an enterprise CA, have them added to the account and delegated first.',
  },
  serverInternal: {
    code: 'acme.server-internal',
    words: 'it has an internal error',
    hint: 'Trustkeep will try again automatically.',
  },
  unauthorized: {
    code: 'acme.unauthorized',
    words: 'it denies permission for this',
    hint: 'Check the challenge answer at the name, and that the account is still active at the CA.',
  },
  unsupportedIdentifier: {
    code: 'acme.unsupported-identifier',
    words: 'it does not issue for this kind of name',
    hint: 'Remove IP addresses or wildcards that this CA does not put into certificates.',
  },
  userActionRequired: {
    code: 'acme.user-action-required',
    words: 'a person has to act on its site first',
    hint: 'Open the page of the CA and follow its instructions.',
  },
  badPublicKey: { code: 'acme.bad-public-key' },
  badSignatureAlgorithm: { code: 'acme.bad-signature-algorithm' },
  compound: { code: 'acme.compound' },
  malformed: { code: 'acme.malformed' },
  notFound: { code: 'acme.not-found', words: 'it has no such thing' },
  tls: { code: 'acme.tls' },
  unsupportedContact: { code: 'acme.unsupported-contact' },
};

/** `rejectedIdentifier` of `urn:ietf:params:acme:error:rejectedIdentifier`; null for anything else. */
export function shortType(problem: Pick<Problem, 'type'>): string | null {
  return problem.type.startsWith(prefix) ? problem.type.slice(prefix.length) : null;
}

/** A CA may make up types of its own: they have one code, and what it said is shown. */
const otherType: Meaning = { code: 'acme.refused' };

function meaningOf(type: string | null): Meaning {
  return (type !== null && Object.hasOwn(meanings, type) && meanings[type]) || otherType;
}

/** Types that say nothing beside these statuses: many CAs call every refusal `malformed`. */
const saidByStatus: Readonly<Record<number, string>> = { 404: 'notFound', 409: 'conflict' };

function typeOf(problem: Problem, status: number | null): string | null {
  const type = shortType(problem);
  const vague = type === 'malformed' || problem.type === 'about:blank';
  return (vague && status !== null ? saidByStatus[status] : undefined) ?? type;
}

export interface ProblemContext {
  /** Host of the CA. */
  ca: string;
  /** What was asked for: `the order for a.example`. */
  asked: string;
  /** HTTP status; null when the problem was inside an order or a challenge. */
  status: number | null;
  /** When the CA wants to be asked again, epoch milliseconds. */
  retryAt: number | null;
  now: number;
}

/** Without a Retry-After, a rate limit is worth asking about again in an hour: most count per hour. */
export const rateLimitedWaitMs = 3_600_000;

const mostReasons = 10;
const askOperator = 'The answer of the CA is shown below. If it does not help, ask the operator of the CA.';
const comesAgain = 'Trustkeep will try again automatically.';

/** One sentence out of what the CA said, per name where it said so. */
export function problemFailure(problem: Problem, context: ProblemContext): Failure {
  const type = typeOf(problem, context.status);
  const meaning = meaningOf(type);
  const retry = retryOf(meaning, context);
  const reasons = perName(problem);
  const more = reasons.length > mostReasons ? `; and ${reasons.length - mostReasons} more` : '';
  const why =
    reasons.length > 0
      ? `${reasons.slice(0, mostReasons).join('; ')}${more}`
      : (meaning.words ?? `it gives the reason "${type ?? 'none'}"`);
  const hint = meaning.hint ?? (retry === 'needs-person' || retry === 'never' ? askOperator : comesAgain);
  const page = problem.instance?.startsWith('http') ? ` ${problem.instance}` : '';
  return new Failure(meaning.code, `The CA ${context.ca} refused ${context.asked}: ${why}.`, {
    hint: `${hint}${page}`,
    retry,
    retryAt: retry === 'after' ? (context.retryAt ?? context.now + rateLimitedWaitMs) : undefined,
    peerSaid: peerTail(meaning === otherType ? `${type ?? ''}\n${said(problem)}`.trim() : said(problem)),
  });
}

function retryOf({ code }: Meaning, context: ProblemContext): RetryClass {
  const usual = failureCodes[code].retry;
  if (usual === 'after' || context.status === 429) return 'after';
  const itsFault = context.status !== null && context.status >= 500;
  if (itsFault || usual === 'later') return context.retryAt === null ? 'later' : 'after';
  return usual;
}

/** `b.example: a CAA record forbids it to issue`. */
function perName(problem: Problem): string[] {
  return (problem.subproblems ?? []).flatMap((part) => {
    const type = shortType(part);
    const words = meaningOf(type).words ?? type ?? 'it gives no reason';
    return part.identifier === undefined ? [] : [`${part.identifier.value}: ${words}`];
  });
}

function said(problem: Problem): string {
  const parts = (problem.subproblems ?? []).map((part) =>
    part.identifier === undefined || part.detail === ''
      ? part.detail
      : `${part.identifier.value}: ${part.detail}`,
  );
  return [problem.detail, ...parts].filter((part) => part !== '').join('\n');
}
