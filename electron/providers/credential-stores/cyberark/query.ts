import { Failure } from '#shared/failure.ts';

/** What may stand in a credential ID, as the CCP spells it; the search first. */
const searchKeys = [
  'Safe',
  'Folder',
  'Object',
  'UserName',
  'Address',
  'Database',
  'PolicyID',
  'Query',
] as const;
const otherKeys = ['QueryFormat', 'FailRequestOnPasswordChange', 'ConnectionTimeout', 'Reason'] as const;
const keys = [...searchKeys, ...otherKeys];
type Key = (typeof keys)[number];
export type CcpQuery = ReadonlyMap<Key, string>;

const byLowerCase = new Map(keys.map((key) => [key.toLowerCase(), key]));
/** The CCP's web server spoils these even when they are encoded. */
const spoiled = /[+&%]/;

/**
 * `Safe=Web;Object=root-web1`, keys in any case, separated by semicolons; the value of `Query` is all that follows. An
 * `AppID` in it is passed over: the store has its own. Failure `credential.bad-id`.
 */
export function parseQuery(id: string): CcpQuery {
  const found = new Map<Key, string>();
  for (let rest = id; ; ) {
    rest = rest.replace(/^[\s;]+/, '');
    if (rest === '') break;
    const { name, value, after } = splitFirst(rest, id);
    rest = after;
    if (name.toLowerCase() === 'appid') continue;
    const key = byLowerCase.get(name.toLowerCase());
    if (key === undefined) throw badId(id, `"${name}" is not a valid name in a query`, allowed);
    if (found.has(key)) throw badId(id, `${key} is in it twice`);
    found.set(key, checked(key, value, id));
  }
  demandSearch(found, id);
  return found;
}

const allowed = `Use name=value;name=value with these names: ${keys.join(', ')}.`;

/** Split at the first `=` only. Plain searches: a pattern would take ages over a thousand spaces. */
function splitFirst(text: string, id: string): { name: string; value: string; after: string } {
  const equals = text.indexOf('=');
  const end = text.indexOf(';');
  const pair = end < 0 ? text : text.slice(0, end);
  if (equals < 0 || equals > pair.length)
    throw badId(id, `"${pair.trim().slice(0, 60)}" has no "="`, allowed);
  const name = text.slice(0, equals).trim();
  if (name.toLowerCase() === 'query') return { name, value: text.slice(equals + 1).trim(), after: '' };
  return { name, value: pair.slice(equals + 1).trim(), after: text.slice(pair.length + 1) };
}

function checked(key: Key, value: string, id: string): string {
  if (value === '') throw badId(id, `${key} has no value`);
  const bad = spoiledIn(value);
  if (bad !== null)
    throw badId(
      id,
      `the value of ${key} has ${bad}, which the CCP does not accept`,
      'Look the account up by another property.',
    );
  if (key === 'QueryFormat') return oneOf(key, value, ['Exact', 'Regexp'], id);
  if (key === 'FailRequestOnPasswordChange') return oneOf(key, value, ['true', 'false'], id);
  if (key === 'ConnectionTimeout' && !(/^\d{1,3}$/.test(value) && Number(value) >= 1 && Number(value) <= 300))
    throw badId(id, 'ConnectionTimeout is not a number of seconds from 1 to 300');
  return value;
}

/** Names the first character that does not arrive; null when all do. */
export function spoiledIn(value: string): string | null {
  if (/\p{Cc}/u.test(value)) return 'a control character';
  const found = spoiled.exec(value)?.[0];
  return found === undefined ? null : `the character "${found}"`;
}

function oneOf(key: Key, value: string, choices: readonly string[], id: string): string {
  const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw badId(id, `${key} is neither ${choices.join(' nor ')}`);
  return found;
}

function demandSearch(found: CcpQuery, id: string): void {
  const searched = searchKeys.filter((key) => found.has(key));
  if (searched.length === 0) throw badId(id, 'it has nothing to search for', allowed);
  const besides = searched.filter((key) => key !== 'Query');
  if (found.has('Query') && besides.length > 0)
    throw badId(
      id,
      `it has Query and ${besides.join(', ')}, and the CCP uses only Query`,
      `Put the whole search into Query: Query=Safe=…;Object=….`,
    );
  if (found.has('QueryFormat') && !found.has('Query'))
    throw badId(id, 'QueryFormat can only be used with Query');
}

function badId(id: string, because: string, hint?: string): Failure {
  const shown = id.length <= 200 ? id : `${id.slice(0, 199)}…`;
  const sentence =
    id.trim() === ''
      ? 'The credential ID is empty.'
      : `The credential ID "${shown}" cannot be used: ${because}.`;
  return new Failure('credential.bad-id', sentence, {
    hint: hint ?? 'Correct the credential ID, for example: Safe=Web;Object=root-web1.',
  });
}

/** IIS takes no longer ones. */
const longestUrl = 2000;

/** Everything percent-encoded, a space as `%20`: the CCP does not know `+`. */
export function queryUrl(address: string, appId: string, query: CcpQuery, reason: string | null): string {
  const all: [string, string][] = [['AppID', appId]];
  for (const key of keys) {
    const value = query.get(key) ?? (key === 'Reason' ? reason : null);
    if (value !== null && value !== undefined) all.push([key, value]);
  }
  const url = `${address}?${all.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
  if (url.length <= longestUrl) return url;
  throw new Failure(
    'credential.bad-id',
    `The query for CyberArk has ${url.length} characters, which is too long.`,
    {
      hint: `Shorten the credential ID or the reason: the limit is ${longestUrl} characters, including the address.`,
    },
  );
}

/**
 * Where accounts are asked for. A URL without a path is completed with the usual `/AIMWebService/api/Accounts`, the path
 * of a web service with `/api/Accounts`; the path of accounts itself stays, and that of the SOAP service is understood.
 */
export function accountsAddress(ccpUrl: string): string {
  const url = new URL(ccpUrl);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v[\d.]+\/aim\.asmx$/i, '');
  if (/\/api\/accounts$/i.test(path)) return url.origin + path;
  if (path === '') return `${url.origin}/AIMWebService/api/Accounts`;
  return `${url.origin}${path.replace(/\/api$/i, '')}/api/Accounts`;
}
