import type { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { OrderRequest } from '../authority.ts';
import { certificateId } from './ari.ts';
import type { Directory } from './wire.ts';

/** What the order says that it replaces (RFC 9773 5); null: nothing, or the CA does not offer it. */
export function replacedId(directory: Directory, request: OrderRequest): string | null {
  if (directory.renewalInfo === undefined || request.replacesPem === null) return null;
  return certificateId(request.replacesPem);
}

/** Refusals that name a cause of their own: without `replaces` they would be the same. */
const otherCauses: ReadonlySet<string> = new Set<FailureCode>([
  'acme.account-does-not-exist',
  'acme.account-not-valid',
  'acme.caa',
  'acme.invalid-profile',
  'acme.rejected-identifier',
  'acme.unsupported-identifier',
  'acme.user-action-required',
]);

/**
 * A CA that dislikes what is replaced (another CA's certificate, replaced already) may well like the order, and CAs do
 * not agree what to call that: alreadyReplaced, conflict, malformed, unauthorized, 404, 409.
 */
export function mayBeAboutReplaces({ code, about, retry }: Failure): boolean {
  const final = retry === 'never' || retry === 'needs-person';
  return final && about === 'authority' && !otherCauses.has(code);
}
