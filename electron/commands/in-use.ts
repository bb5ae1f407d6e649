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
  const all = [...new Map(users.map(({ id, name }) => [id, name])).values()];
  const names = all.slice(0, shownAtMost);
  const more = all.length > shownAtMost ? ` and ${all.length - shownAtMost} more` : '';
  const many = all.length === 1 ? '1 endpoint' : `${all.length} endpoints`;
  throw new Failure(code, `${what} is used by ${many}: ${names.join(', ')}${more}.`, {
    hint: `Switch each to another credential first: trustkeep tls update ${shellWord(first.name)} --store STORE --store_cred_id ID`,
  });
}
