import { asFailure } from '#shared/failure.ts';
import type { AuthorityAccount } from '#shared/model/authority.ts';

/** What a CA says of an account, or of its key, that it does not accept: a new account is what helps. */
const saysItIsOver: ReadonlySet<string> = new Set([
  ...['acme.account-not-valid', 'acme.account-does-not-exist', 'acme.unauthorized', 'acme.not-found'],
  ...['acme.malformed', 'acme.refused', 'acme.bad-public-key', 'acme.bad-signature-algorithm'],
]);

/** Of what was looked up, as `KeepsAccount` has it: any other refusal says nothing of the account, and is thrown. */
export async function acceptedOf(looked: Promise<AuthorityAccount | null>): Promise<AuthorityAccount | null> {
  const seen = await looked.catch((thrown: unknown) => {
    const { code, retry } = asFailure(thrown);
    if (retry === 'later' || retry === 'after' || !saysItIsOver.has(code)) throw thrown;
    return null;
  });
  return seen === null || (seen.status !== null && seen.status !== 'valid') ? null : seen;
}
