import { z } from 'zod';
import { type FailureAbout, failureAbout, type RetryClass, retryClass } from './failure-codes/code.ts';
import { currentCode, type FailureCode, factsOf } from './failure-codes.ts';

/** Who answered instead of whom, as identities are pinned and shown: `SHA256:…`. */
export const identityMismatch = z.object({ pinned: z.string(), seen: z.string() });
export type IdentityMismatch = z.infer<typeof identityMismatch>;

/** The shape in which a failure crosses a process line, is stored with a task and is shown. Holds no secret. */
export const failureData = z.object({
  /**
   * Stable, dotted, lower-case: `ssh.host-key-changed`. Any such word: an older or a newer program may have written it,
   * with codes that `failure-codes.ts` does not list.
   */
  code: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/),
  /** One clear sentence: what happened, with the names involved. */
  sentence: z.string().min(1),
  /** One sentence: what to do about it. */
  hint: z.string().optional(),
  retry: retryClass,
  /** What it is about; left out when nobody decides by it, and in what earlier versions stored. */
  about: failureAbout.optional(),
  /** With `about: 'identity'`: what a person compares. Left out in what earlier versions stored. */
  identity: identityMismatch.optional(),
  /** Epoch milliseconds; only with `after`. */
  retryAt: z.number().int().optional(),
  /** What a peer (CA, server, command) said, redacted and cut to a few hundred characters. */
  peerSaid: z.string().optional(),
});
export type FailureData = z.infer<typeof failureData>;

export interface FailureOptions {
  hint?: string | undefined;
  /** Where it differs from what the list of codes says. */
  about?: FailureAbout | undefined;
  identity?: IdentityMismatch | undefined;
  /** Where it differs from what the list of codes says. */
  retry?: RetryClass | undefined;
  retryAt?: number | undefined;
  peerSaid?: string | undefined;
  cause?: unknown;
}

/** Longer than any sentence of ours with the names in it; a peer may name itself as it likes. */
const longest = { sentence: 2000, peerSaid: 1000 };

/**
 * For every sentence in which a peer's own words stand, whoever shows it: control characters move cursors, and characters
 * that turn the direction of text make it read as something else.
 */
export function harmless(text: string, limit: number = longest.sentence): string {
  const plain = text.replace(/[^\P{Cc}\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ');
  return plain.length <= limit ? plain : `${plain.slice(0, limit - 1)}…`;
}

/**
 * The one error class of the product. `message` is the sentence a person reads. Never put a secret or a raw
 * body into it. `cause` is kept for the log and does not cross a process line.
 */
export class Failure extends Error {
  /** Of the list, or what `from` was given. */
  readonly code: string;
  /** What to decide by, instead of by how the code begins. */
  readonly about: FailureAbout;
  readonly identity: IdentityMismatch | undefined;
  readonly hint: string | undefined;
  readonly retry: RetryClass;
  readonly retryAt: number | undefined;
  readonly peerSaid: string | undefined;

  constructor(code: FailureCode, sentence: string, options: FailureOptions = {}) {
    super(
      harmless(sentence, longest.sentence),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'Failure';
    this.code = code;
    const facts = factsOf(code);
    this.about = options.about ?? facts?.about ?? 'other';
    this.identity = options.identity;
    this.hint = options.hint === undefined ? undefined : harmless(options.hint, longest.sentence);
    this.retry = options.retry ?? facts?.retry ?? 'needs-person';
    this.retryAt = options.retryAt;
    const peerSaid = harmless(options.peerSaid ?? '', longest.peerSaid);
    this.peerSaid = peerSaid.trim() === '' ? undefined : peerSaid;
  }

  /** What was stored or came over a line, as a failure again; the one way to a code that this version does not list. */
  static from({ code, sentence, ...options }: FailureData, cause?: unknown): Failure {
    return new Failure(currentCode(code) as FailureCode, sentence, { ...options, cause });
  }

  /** The same failure in other words; `changes` names what differs. */
  saying(sentence: string, changes: Omit<FailureOptions, 'about' | 'identity'> = {}): Failure {
    const { hint, retry, retryAt, peerSaid, cause } = { ...this, cause: this.cause, ...changes };
    const { code, about, identity } = this;
    const data = { code, sentence, about, identity, hint, retry, retryAt, peerSaid };
    return Failure.from(data, cause);
  }

  /** The part that may be stored, sent and shown. */
  toData(): FailureData {
    return {
      code: this.code,
      sentence: this.message,
      retry: this.retry,
      ...(this.about === 'other' ? {} : { about: this.about }),
      ...(this.identity === undefined ? {} : { identity: this.identity }),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.retryAt === undefined ? {} : { retryAt: this.retryAt }),
      ...(this.peerSaid === undefined ? {} : { peerSaid: this.peerSaid }),
    };
  }
}

/** The connection to a managed host itself is the trouble, not what was done over it. */
export function isAboutConnection({ about }: Pick<Failure, 'about'>): boolean {
  return about === 'line' || about === 'login' || about === 'identity';
}

/** Turns whatever was thrown into a Failure; an unknown error becomes `internal` and keeps its cause. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure('internal', `Something unexpected happened: ${reason}`, {
    hint: 'This is a fault in Trustkeep. The log has the details.',
    cause: thrown,
  });
}
