import { shellWord } from '#kit/shell-word.ts';
import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import type { StoreUser } from '#shared/model/credential-store.ts';

/** More names than fit on a screen help nobody. */
const shownAtMost = 20;

/** Refuses while somebody uses it. There is no way round: the users are pointed elsewhere first. */
export function checkUnused(what: string, code: FailureCode, users: readonly StoreUser[]): void {
  const [first] = users;
  if (first === undefined) return;
  const names = users.slice(0, shownAtMost).map(({ name }) => name);
  const more = users.length > shownAtMost ? ` and ${users.length - shownAtMost} more` : '';
  const many = users.length === 1 ? '1 endpoint' : `${users.length} endpoints`;
  throw new Failure(code, `${what} is used by ${many}: ${names.join(', ')}${more}.`, {
    hint: `Switch each to another credential first: trustkeep tls update ${shellWord(first.name)} --store STORE --store_cred_id ID`,
  });
}
