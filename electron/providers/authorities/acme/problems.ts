import { peerTail } from '#kit/redact.ts';
import { Failure, type RetryClass } from '#shared/failure.ts';
import type { Problem } from './wire.ts';

const prefix = 'urn:ietf:params:acme:error:';

interface Meaning {
  words: string;
  hint: string;
  retry: RetryClass;
}

/** What the errors of RFC 8555 6.7 (and its children) mean for us. */
const meanings: Record<string, Meaning> = {
  accountDoesNotExist: {
    words: 'it does not know the account',
    hint: 'Test the authority: this registers an account again.',
    retry: 'needs-person',
  },
  alreadyReplaced: {
    words: 'the certificate has already been replaced',
    hint: 'Check the newer certificate for the same names.',
    retry: 'never',
  },
  badCSR: {
    words: 'it does not accept the certificate request',
    hint: 'Choose another key type or certificate profile.',
    retry: 'needs-person',
  },
  badNonce: {
    words: 'it refused every anti-replay nonce',
    hint: 'Trustkeep will try again automatically.',
    retry: 'later',
  },
  caa: {
    words: 'a CAA record forbids it to issue',
    hint: 'Add this CA to the CAA records of the name, or use a CA that is listed there.',
    retry: 'needs-person',
  },
  connection: {
    words: 'it could not connect to the address where control is proved',
    hint: 'Check that the CA can reach port 80 of the name (http-01).',
    retry: 'needs-person',
  },
  dns: {
    words: 'it could not resolve the name',
    hint: 'Check the public DNS records of the name.',
    retry: 'needs-person',
  },
  externalAccountRequired: {
    words: 'it requires an external account binding',
    hint: 'Get an EAB key ID and HMAC key from the CA and set both for the authority.',
    retry: 'needs-person',
  },
  incorrectResponse: {
    words: 'it received a different answer where control is proved',
    hint: 'Check that the name leads to this responder or web root, with no redirect or cache on the way.',
    retry: 'needs-person',
  },
  invalidContact: {
    words: 'it does not accept the contact address',
    hint: 'Correct the contact of the authority.',
    retry: 'needs-person',
  },
  invalidProfile: {
    words: 'it does not offer this certificate profile',
    hint: 'Test the authority to see the profiles it offers, and choose one of them.',
    retry: 'needs-person',
  },
  orderNotReady: {
    words: 'the order is not ready',
    hint: 'Trustkeep will check again automatically.',
    retry: 'later',
  },
  rateLimited: {
    words: 'its rate limit is reached',
    hint: 'Trustkeep will wait as long as the CA asks.',
    retry: 'after',
  },
  rejectedIdentifier: {
    words: 'it does not issue for these names',
    hint: 'Check the names; with an enterprise CA, have them added to the account and delegated first.',
    retry: 'needs-person',
  },
  serverInternal: {
    words: 'it has an internal error',
    hint: 'Trustkeep will try again automatically.',
    retry: 'later',
  },
  unauthorized: {
    words: 'it denies permission for this',
    hint: 'Check the challenge answer at the name, and that the account is still active at the CA.',
    retry: 'needs-person',
  },
  unsupportedIdentifier: {
    words: 'it does not issue for this kind of name',
    hint: 'Remove IP addresses or wildcards that this CA does not put into certificates.',
    retry: 'needs-person',
  },
  userActionRequired: {
    words: 'a person has to act on its site first',
    hint: 'Open the page of the CA and follow its instructions.',
    retry: 'needs-person',
  },
};

/** `rejectedIdentifier` of `urn:ietf:params:acme:error:rejectedIdentifier`; null for anything else. */
export function shortType(problem: Pick<Problem, 'type'>): string | null {
  return problem.type.startsWith(prefix) ? problem.type.slice(prefix.length) : null;
}

/** `acme.rejected-identifier`, `acme.bad-csr`. */
function codeOf(type: string | null): string {
  const dashed = (type ?? 'refused')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return `acme.${dashed === '' ? 'refused' : dashed}`;
}

interface ProblemContext {
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
const rateLimitedWaitMs = 3_600_000;

const mostReasons = 10;

/** One sentence out of what the CA said, per name where it said so. */
export function problemFailure(problem: Problem, context: ProblemContext): Failure {
  const type = shortType(problem);
  const meaning = type === null ? undefined : meanings[type];
  const retry = retryOf(meaning, context);
  const reasons = perName(problem);
  const more = reasons.length > mostReasons ? `; and ${reasons.length - mostReasons} more` : '';
  const why =
    reasons.length > 0
      ? `${reasons.slice(0, mostReasons).join('; ')}${more}`
      : (meaning?.words ?? `it gives the reason “${type ?? 'none'}”`);
  const hint =
    meaning?.hint ?? 'The answer of the CA is shown below. If it does not help, ask the operator of the CA.';
  const page = problem.instance?.startsWith('http') ? ` ${problem.instance}` : '';
  return new Failure(codeOf(type), `The CA ${context.ca} refused ${context.asked}: ${why}.`, {
    about: 'authority',
    hint: `${hint}${page}`,
    retry,
    retryAt: retry === 'after' ? (context.retryAt ?? context.now + rateLimitedWaitMs) : undefined,
    peerSaid: peerTail(said(problem)),
  });
}

function retryOf(meaning: Meaning | undefined, context: ProblemContext): RetryClass {
  if (meaning?.retry === 'after' || context.status === 429) return 'after';
  const itsFault = context.status !== null && context.status >= 500;
  if (itsFault || meaning?.retry === 'later') return context.retryAt === null ? 'later' : 'after';
  return meaning?.retry ?? 'needs-person';
}

/** `b.example: a CAA record forbids it to issue`. */
function perName(problem: Problem): string[] {
  return (problem.subproblems ?? []).flatMap((part) => {
    const type = shortType(part);
    const words = (type === null ? undefined : meanings[type]?.words) ?? type ?? 'refused';
    return part.identifier === undefined ? [] : [`${part.identifier.value}: ${words}`];
  });
}

function said(problem: Problem): string {
  const parts = (problem.subproblems ?? []).map((part) =>
    part.identifier === undefined ? part.detail : `${part.identifier.value}: ${part.detail}`,
  );
  return [problem.detail, ...parts].filter((part) => part !== '').join('\n');
}
