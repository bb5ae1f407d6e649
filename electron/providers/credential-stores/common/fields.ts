import type { CredentialPart, FieldNames } from '#shared/catalog/credential-stores/field-names.ts';
import { Failure } from '#shared/failure.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { StoredCredential } from '../credential-store.ts';

/** Names in the order in which they win, lower case, without dashes and underscores. */
const names: Readonly<Record<CredentialPart, readonly string[]>> = {
  username: ['username', 'user', 'login', 'sshuser', 'sshusername', 'loginname', 'accountname'],
  domain: ['domain'],
  password: ['password', 'pass', 'passwd', 'pwd', 'sshpassword', 'sshpass', 'sshpasswd'],
  privatekey: [
    'privatekey',
    'sshkey',
    'sshprivatekey',
    'privatesshkey',
    'privkey',
    'idrsa',
    'ided25519',
    'idecdsa',
  ],
  passphrase: [
    'passphrase',
    'keypassphrase',
    'sshpassphrase',
    'sshkeypassphrase',
    'privatekeypassphrase',
    'keypassword',
    'privatekeypassword',
  ],
};
/** Means a private key only when it looks like one: many secrets have an API key under this name. */
const perhapsKey = 'key';

const looksLikeKey = /^\s*(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|PuTTY-User-Key-File-)/;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Finds the parts of a credential in a flat record, whatever the case and the dashes of its names. A part that `named`
 * names is in that field and in no other. Without a password and a private key, and for a part that is no text, it is
 * `credential.unusable`, which names the fields found, not what is in them.
 * `what` names the record in the sentence: `The secret "servers/web1" of …`.
 */
export function mapFields(record: Fields, what: string, named: FieldNames = {}): StoredCredential {
  const part = (which: CredentialPart) => partOf(record, which, named[which], what);
  const key = part('privatekey') ?? keyUnderAnyName(record, named);
  const password = part('password');
  if (key === null && password === null) throw unusable(Object.keys(record), what);
  return {
    username: part('username'),
    domain: part('domain'),
    password: asSecret(password),
    privateKey: asSecret(key),
    passphrase: asSecret(part('passphrase')),
    changeInProcess: false,
    about: [],
  };
}

/** The text of a part; null: there is none. Throws when all there is of it is something else than text. */
function partOf(
  record: Fields,
  part: CredentialPart,
  named: string | undefined,
  what: string,
): string | null {
  if (named !== undefined && !Object.hasOwn(record, named))
    throw notThere(Object.keys(record), part, named, what);
  const fields = named === undefined ? usualFields(record, names[part]) : [named];
  for (const field of fields) {
    const text = asText(record[field]);
    if (text !== null) return text;
  }
  const other = fields.find((field) => isNoText(record[field], part));
  if (other === undefined) return null;
  throw new Failure(
    'credential.unusable',
    `${what} has "${shown(other)}", but it is ${kindOf(record[other])}. It has ${listed(Object.keys(record))}.`,
    {
      hint: `Store the ${words[part]} as text under that name, or name another field for it with fields.`,
    },
  );
}

/** Those that the record has, in the order in which they win. */
function usualFields(record: Fields, wanted: readonly string[]): string[] {
  const own = Object.keys(record).map((field) => ({ field, plain: plainName(field) }));
  return wanted.flatMap((name) => own.filter(({ plain }) => plain === name).map(({ field }) => field));
}

function keyUnderAnyName(record: Fields, named: FieldNames): string | null {
  if (named.privatekey !== undefined) return null;
  for (const field of usualFields(record, [perhapsKey])) {
    const text = asText(record[field]);
    if (text !== null && looksLikeKey.test(text)) return text;
  }
  return null;
}

function plainName(field: string): string {
  return field.toLowerCase().replace(/[-_\s]/g, '');
}

/** Empty text is nothing. A number may be a PIN; past 2^53 its digits are not those that were stored. */
function asText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null;
}

/** What may be left out may be null as well. */
function isNoText(value: unknown, part: CredentialPart): boolean {
  const needed = part === 'password' || part === 'privatekey';
  return typeof value !== 'string' && (needed || value !== null);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null, not text';
  if (Array.isArray(value)) return 'a list, not text';
  if (typeof value === 'number') return 'a number that cannot be read exactly, not text';
  return typeof value === 'boolean' ? 'true or false, not text' : 'an object, not text';
}

function asSecret(text: string | null): Secret | null {
  return text === null ? null : Secret.of(text);
}

const words: Readonly<Record<CredentialPart, string>> = {
  username: 'user name',
  domain: 'domain',
  password: 'password',
  privatekey: 'private key',
  passphrase: 'passphrase',
};

function shown(field: string): string {
  return field.slice(0, 40);
}

function listed(found: string[]): string {
  const first = found.slice(0, 10).map((name) => `"${shown(name)}"`);
  const more = found.length > first.length ? ` and ${found.length - first.length} more` : '';
  return found.length === 0 ? 'no fields at all' : `only the fields ${first.join(', ')}${more}`;
}

function notThere(found: string[], part: CredentialPart, named: string, what: string): Failure {
  return new Failure(
    'credential.unusable',
    `${what} has no field "${shown(named)}", which is set for the ${words[part]}. It has ${listed(found)}.`,
    { hint: 'Correct fields of the store, or the secret.' },
  );
}

function unusable(found: string[], what: string): Failure {
  return new Failure(
    'credential.unusable',
    `${what} has no password and no private key. It has ${listed(found)}.`,
    {
      hint: 'Name the fields username with password, or username with privatekey (and passphrase), or set fields of the store.',
    },
  );
}
