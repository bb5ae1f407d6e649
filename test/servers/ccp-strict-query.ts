import type { IncomingMessage } from 'node:http';

/** How the strict CCP reads a request: to the letter, and what a careful client would not send is an incident. */

export interface CcpAccount {
  Safe: string;
  Folder: string;
  Name: string;
  UserName: string;
  Address?: string;
  Content: string;
  LogonDomain?: string;
  /** `True` while the password is being changed. */
  PasswordChangeInProcess?: 'True' | 'False';
  [property: string]: string | undefined;
}

type Incident = (what: string) => void;

const names = [
  ...['AppID', 'Safe', 'Folder', 'Object', 'UserName', 'Address', 'Database', 'PolicyID', 'Query'],
  ...['QueryFormat', 'FailRequestOnPasswordChange', 'ConnectionTimeout', 'Reason'],
];
const searched = ['Safe', 'Folder', 'Object', 'UserName', 'Address', 'Database', 'PolicyID'];

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** `code` empty: a page of the web server. */
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function checkRequest({ method, headers }: IncomingMessage, incident: Incident): void {
  if (method !== 'GET') incident(`method ${method}`);
  if (headers.accept !== 'application/json') incident(`accept: ${headers.accept}`);
  for (const name of ['authorization', 'cookie', 'content-length', 'transfer-encoding'])
    if (headers[name] !== undefined) incident(`header ${name}`);
}

/** Every pair as it stands on the wire: `%20` for a space, upper-case hex, nothing unencoded that need be. */
export function decoded(raw: string, incident: Incident): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [index, pair] of raw.split('&').entries()) {
    const [name = '', value, ...more] = pair.split('=');
    if (!names.includes(name)) incident(`parameter "${name}"`);
    if ((index === 0) !== (name === 'AppID')) incident(`${name} at place ${index}`);
    if (query[name] !== undefined) incident(`${name} twice`);
    if (value === undefined || value === '' || more.length > 0) incident(`${name} is not one value: ${pair}`);
    if (/\+/.test(pair)) incident(`a plus in ${name}`);
    if (!/^(?:[A-Za-z0-9\-._~!'()*]|%[0-9A-F]{2})*$/.test(value ?? '')) incident(`${name} is badly encoded`);
    query[name] = decodeURIComponent(value ?? '');
    if (/[+&%]/.test(query[name])) incident(`${name} has a character that is spoiled`);
    if (name !== 'Query' && query[name].includes(';')) incident(`a semicolon in ${name}`);
  }
  if (query.Query !== undefined && searched.some((name) => query[name] !== undefined))
    incident('Query with other properties');
  return query;
}

export function shown(query: Record<string, string>): string {
  return Object.entries(query)
    .filter(([name]) => name !== 'AppID')
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
}

export function searchOf(query: Record<string, string>): (account: CcpAccount) => boolean {
  const wanted =
    query.Query === undefined
      ? Object.entries(query).filter(([name]) => searched.includes(name))
      : query.Query.split(';').map((pair) => pair.split('=') as [string, string]);
  if (wanted.length === 0) throw new Refusal(400, 'AIMWS031E', 'The request holds no query');
  return (account) =>
    wanted.every(([name, value]) => {
      const own = account[name === 'Object' ? 'Name' : name] ?? '';
      return query.QueryFormat === 'Regexp' ? new RegExp(`^(?:${value})$`).test(own) : own === value;
    });
}
