import { z } from 'zod';
import { Secret } from '../../../secrets/secret.ts';
import type { StoredCredential } from '../credential-store.ts';

/** What the CCP gives for one account. Every value is text; customers add properties of their own. */
export const account = z.looseObject({
  Content: z.string(),
  UserName: z.string().nullish(),
  LogonDomain: z.string().nullish(),
  Safe: z.string().nullish(),
  /** Of the object. */
  Name: z.string().nullish(),
  PasswordChangeInProcess: z.union([z.string(), z.boolean()]).nullish(),
  CPMDisabled: z.string().nullish(),
  CPMStatus: z.string().nullish(),
});
type Account = z.infer<typeof account>;

export const refusal = z.looseObject({ ErrorCode: z.string(), ErrorMsg: z.string().nullish() });

const looksLikeKey = /^\s*(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|PuTTY-User-Key-File-)/;

export function credentialOf(found: Account): StoredCredential {
  const isKey = looksLikeKey.test(found.Content);
  const content = Secret.of(found.Content);
  const changeInProcess = String(found.PasswordChangeInProcess ?? '').toLowerCase() === 'true';
  return {
    username: textOrNull(found.UserName),
    domain: textOrNull(found.LogonDomain),
    password: isKey ? null : content,
    privateKey: isKey ? content : null,
    passphrase: null,
    changeInProcess,
    about: aboutOf(found, changeInProcess),
  };
}

function aboutOf(found: Account, changeInProcess: boolean): string[] {
  const name = textOrNull(found.Name);
  const safe = textOrNull(found.Safe);
  const disabled = textOrNull(found.CPMDisabled);
  return [
    ...(name === null ? [] : [`account "${name}"${safe === null ? '' : ` in the safe "${safe}"`}`]),
    ...(changeInProcess ? ['a password change is in process'] : []),
    ...(found.CPMStatus?.toLowerCase() === 'failure' ? ['the last password change failed'] : []),
    ...(disabled === null ? [] : ['CyberArk does not change the password of this account']),
  ];
}

const textOrNull = (text: string | null | undefined): string | null =>
  text === undefined || text === null || text === '' ? null : text;
