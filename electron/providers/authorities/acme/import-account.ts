import { Failure } from '#shared/failure.ts';
import { type Account, type AccountKeys, accountOf } from './account-keys.ts';
import type { ForeignAccount } from './foreign-account.ts';
import type { Registration, SeenAccount } from './registration.ts';

interface ImportParts {
  keys: AccountKeys;
  registration: Registration;
  ca: string;
  /** That is set here: what the CA has instead stays there until it is sent. */
  contact: string[];
}

/**
 * Makes the account of another client that of the authority: the CA is asked for it by its key, and only what it answers
 * is kept. Rejects with `acme.account-does-not-exist`, `acme.account-not-valid`; nothing was changed then.
 */
export async function importAccount(
  found: ForeignAccount,
  { keys, registration, ca, contact }: ImportParts,
): Promise<{ account: Account; seen: SeenAccount }> {
  const signer = keys.signerOf(found.key);
  const seen = await registration.lookUp({ ...signer, kid: found.url });
  if (seen === null)
    throw new Failure(
      'acme.account-does-not-exist',
      `The CA ${ca} has no account for the key in ${found.keyFile}. Nothing was changed.`,
      {
        hint: 'Check that the account was registered at this CA: its staging and production are two, with accounts of their own.',
      },
    );
  keys.replaceCurrent(found.key, { url: seen.url, contact });
  return { account: accountOf(signer, seen.url), seen };
}
