import { createHash } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import type { Secret } from '../../../secrets/secret.ts';
import type { VaultAnswer } from './client.ts';

/** A token in use. In memory only. */
export interface Login {
  token: Secret;
  /** `by token`, `by AppRole at auth/approle`. */
  how: string;
  /** Epoch milliseconds. */
  at: number;
  /** Null: it never ends, or its end is not known. */
  endsAt: number | null;
  /** What it was given for, and what each renewal asks for. */
  leaseMs: number;
  renewable: boolean;
  /** Good for a number of calls: none is spent on looking or renewing. */
  usesLimited: boolean;
  /** Made by our login: given back at the end. */
  ours: boolean;
  /**
   * `known`: it may look itself up and did. `unseen`: it may not, which says nothing. `lost`: it may not any more, which
   * is what an expired token looks like. `doubted`: nothing that the server said tells it from a token that it does not know.
   */
  standing: 'known' | 'unseen' | 'doubted' | 'lost';
  /** For people, whole sentences. */
  remarks: string[];
}

/** One way of logging in. Not safe concurrently: the session asks once at a time. */
export interface LoginMethod {
  /** `credential-store.login-refused`, `credential-store.no-secret`, `credential-store.secret-file` … */
  logIn(): Promise<Login>;
  /** What it logs in with is another than at the last `logIn`. */
  changed(): Promise<boolean>;
  /** It would be lost by waiting for the first reader: a token that runs out unless renewed, a wrapping token. */
  perishable(): Promise<boolean>;
  /** A new login may give a new token; else the same one is all there is. */
  readonly repeatable: boolean;
}

/** Names a secret of high entropy in notes, so that it is known again. */
export function markOf(secret: Secret): string {
  return createHash('sha256').update(secret.bytes()).digest('hex').slice(0, 32);
}

/** Newer servers say of a token that it is none; others say `permission denied` to everything. */
export function saysNoToken({ said }: VaultAnswer): boolean {
  return /\b(invalid|bad) token\b/i.test(said);
}

/** Servers list what is missing when they know the token and it has no right; one that they do not know gets two bare words. */
export function saysMissingRight(answer: VaultAnswer): boolean {
  return (
    !saysNoToken(answer) && /\b\d+ error(s|\(s\))? occurred:[\s*]*permission denied\b/i.test(answer.said)
  );
}

/** A header takes printable ASCII only; trailing line ends come from files and copying. */
export function cleanText(text: string): string | null {
  const clean = text.trim();
  return /^[\x21-\x7e]+$/.test(clean) ? clean : null;
}

/** Servers make tokens that begin so, since version 1.10 and before; SecretIDs are theirs to choose, and UUIDs as a rule. */
export function looksLikeToken(secret: Secret): boolean {
  return /^(?:hv[sbr]|[sbr])\.[A-Za-z0-9_-]{20,}$/.test(secret.text());
}

export function looksLikeSecretId(secret: Secret): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(secret.text());
}

export function tokenEnded(who: string, answer: VaultAnswer | null): Failure {
  return new Failure(
    'credential-store.login-refused',
    `${who} did not accept the token of this store. It has expired, was revoked or has no uses left.`,
    {
      hint: 'Set a new token for the store.',
      peerSaid: answer === null || answer.said === '' ? undefined : answer.said,
    },
  );
}

/** The server was asked about the token and its answer proves nothing; nor did a read, where one was tried. */
export function notProved(who: string, answer: VaultAnswer | null): Failure {
  return new Failure(
    'credential-store.login-refused',
    `${who} was asked about the token of this store and did not confirm it. It gives this answer to a token that it does not know.`,
    {
      hint: 'Check the token and set it again. If it is right but lacks the right to look itself up, set verify to a secret that it may read: reading that proves it.',
      peerSaid: answer === null || answer.said === '' ? undefined : answer.said,
    },
  );
}

export function noSecret(who: string, what: string): Failure {
  return new Failure('credential-store.no-secret', `There is no ${what} to log in to ${who} with.`, {
    hint: `Update the store and set its ${what}.`,
  });
}

export function shownTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
