interface NtlmNames {
  user: string;
  /** Empty for `user@domain` and for accounts of the proxy itself (`.\user`). */
  domain: string;
}

export interface LoginNames {
  /** Without a domain before it. */
  user: string;
  /** A domain was named: nothing weaker than NTLM will do. */
  ntlmOnly: boolean;
  /** Null: NTLM is not possible, no domain is known. */
  ntlm: NtlmNames | null;
}

/** What a user and a domain as given mean. A domain that was given wins over one before the user's name. */
export function readNames(given: { user: string; domain: string | null }): LoginNames {
  const [, before, after] = /^([^\\]*)\\(.*)$/s.exec(given.user) ?? [];
  const user = after ?? given.user;
  const domain = given.domain ?? before ?? null;
  if (user.includes('@') && before === undefined)
    return { user, ntlmOnly: domain !== null, ntlm: { user, domain: '' } };
  if (domain === null) return { user, ntlmOnly: false, ntlm: null };
  return { user, ntlmOnly: true, ntlm: { user, domain: domain === '.' ? '' : domain } };
}

/** `CORP\bob`, for sentences. */
export function shown({ user, ntlm }: LoginNames): string {
  return ntlm === null || ntlm.domain === '' ? user : `${ntlm.domain}\\${user}`;
}
