import { Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { StoredCredential } from '../credential-store.ts';

/** Names in the order in which they win, lower case, without dashes and underscores. */
const names = {
  username: ['username', 'user', 'login'],
  domain: ['domain'],
  password: ['password', 'pass'],
  privateKey: ['privatekey', 'sshkey'],
  /** Means a private key only when it looks like one: many secrets have an API key under this name. */
  perhapsKey: ['key'],
  passphrase: ['passphrase'],
} as const;

const looksLikeKey = /^\s*(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|PuTTY-User-Key-File-)/;

/**
 * Finds the parts of a credential in a flat record, whatever the case and the dashes of its names. Without a password
 * and a private key it is `credential.unusable`, which names the fields found, not what is in them.
 * `what` names the record in the sentence: `The secret “servers/web1” of …`.
 */
export function mapFields(record: Readonly<Record<string, unknown>>, what: string): StoredCredential {
  const known = new Map<string, string>();
  for (const [name, value] of Object.entries(record)) {
    const text = asText(value);
    const plain = name.toLowerCase().replace(/[-_\s]/g, '');
    if (text !== null && !known.has(plain)) known.set(plain, text);
  }
  const first = (wanted: readonly string[]) => {
    for (const name of wanted) {
      const text = known.get(name);
      if (text !== undefined) return text;
    }
    return null;
  };
  const perhaps = first(names.perhapsKey);
  const key = first(names.privateKey) ?? (perhaps !== null && looksLikeKey.test(perhaps) ? perhaps : null);
  const password = first(names.password);
  if (key === null && password === null) throw unusable(Object.keys(record), what);
  return {
    username: first(names.username),
    domain: first(names.domain),
    password: asSecret(password),
    privateKey: asSecret(key),
    passphrase: asSecret(first(names.passphrase)),
    changeInProcess: false,
    about: [],
  };
}

/** Empty text is nothing. A number may be a PIN; past 2^53 its digits are not those that were stored. */
function asText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

function asSecret(text: string | null): Secret | null {
  return text === null ? null : Secret.of(text);
}

function unusable(found: string[], what: string): Failure {
  const shown = found.slice(0, 10).map((name) => `“${name.slice(0, 40)}”`);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : '';
  const has = found.length === 0 ? 'no fields at all' : `only the fields ${shown.join(', ')}${more}`;
  return new Failure('credential.unusable', `${what} has no password and no private key. It has ${has}.`, {
    hint: 'Name the fields username with password, or username with privatekey (and passphrase).',
  });
}
