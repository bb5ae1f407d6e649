import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { makeTlsMaterial, type TlsMaterial } from './tls-material.ts';

interface CcpAccount {
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

interface CcpApplication {
  /** Safes it is a member of. */
  safes: string[];
  /** Serial number (upper-case hex) of the client certificate it must show; left out: the address is enough. */
  certificateSerial?: string;
}

/** Said instead of an answer, once. */
export interface CannedAnswer {
  status: number;
  type?: string;
  body?: string;
  headers?: Record<string, string>;
}

export interface CcpOptions {
  applications: Record<string, CcpApplication>;
  accounts: CcpAccount[];
  /** IIS: `ask` takes a certificate when there is one, `demand` answers 403 without a trusted one; default: never asked. */
  clientCertificates?: 'ask' | 'demand';
  clientCaPem?: string;
  /** Made for it when left out. */
  tls?: TlsMaterial | undefined;
  /** Default `/AIMWebService/api/Accounts`. */
  path?: string;
}

export interface CcpStrict {
  /** Without a path. */
  url: string;
  caPem: string;
  accounts: CcpAccount[];
  applications: Record<string, CcpApplication>;
  /** Decoded queries in their order. */
  asked: Record<string, string>[];
  /** Things that no careful client does. Tests end with an empty list. */
  incidents: string[];
  /** Given before anything else, one for each request. */
  canned: CannedAnswer[];
  stop(): Promise<void>;
}

const names = [
  ...['AppID', 'Safe', 'Folder', 'Object', 'UserName', 'Address', 'Database', 'PolicyID', 'Query'],
  ...['QueryFormat', 'FailRequestOnPasswordChange', 'ConnectionTimeout', 'Reason'],
];
const searched = ['Safe', 'Folder', 'Object', 'UserName', 'Address', 'Database', 'PolicyID'];

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** `code` empty: a page of the web server. */
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A Central Credential Provider that looks at every part of a request and answers as the real one is documented to. */
export async function startCcpStrict(options: CcpOptions): Promise<CcpStrict> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-ccp-'));
  const tls = options.tls ?? (await makeTlsMaterial(directory));
  const path = options.path ?? '/AIMWebService/api/Accounts';
  const { accounts, applications } = options;
  const state = { asked: [], incidents: [], canned: [] } as Pick<CcpStrict, 'asked' | 'incidents' | 'canned'>;
  const incident = (what: string) => void state.incidents.push(what);

  const server = createServer(
    {
      cert: tls.certificatePem,
      key: tls.keyPem,
      requestCert: options.clientCertificates !== undefined,
      rejectUnauthorized: false, // IIS finishes the handshake and refuses with a page
      ...(options.clientCaPem === undefined ? {} : { ca: options.clientCaPem }),
    },
    (request, response) => {
      let size = 0;
      request.on('data', (part: Buffer) => {
        size += part.length;
      });
      request.on('end', () => {
        if (size > 0) incident(`a body of ${size} bytes`);
        handle(request, response);
      });
    },
  );

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const canned = state.canned.shift();
    if (canned !== undefined) {
      response.writeHead(canned.status, { 'content-type': canned.type ?? 'text/html', ...canned.headers });
      response.end(canned.body ?? '');
      return;
    }
    const socket = request.socket as TLSSocket;
    if (options.clientCertificates === 'demand' && !socket.authorized) {
      const page =
        '<!DOCTYPE html><html><head><title>403 - Forbidden: Access is denied.</title></head></html>';
      response.writeHead(403, { 'content-type': 'text/html' }).end(page);
      return;
    }
    try {
      const body = answer(request, socket);
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(body));
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      const type = thrown.code === '' ? 'text/html' : 'application/json; charset=utf-8';
      const body = JSON.stringify({ ErrorCode: thrown.code, ErrorMsg: thrown.message });
      response.writeHead(thrown.status, { 'content-type': type });
      response.end(thrown.code === '' ? '<html><title>Not Found</title></html>' : body);
    }
  }

  function answer(request: IncomingMessage, socket: TLSSocket): unknown {
    if (request.method !== 'GET') incident(`method ${request.method}`);
    checkHeaders(request);
    const [place, raw = ''] = (request.url ?? '').split('?');
    if (place !== path) throw new Refusal(404, '', `nothing at ${place}`);
    const query = decoded(raw);
    state.asked.push(query);
    const application = authenticated(query.AppID ?? '', socket);
    const fits = searchOf(query);
    const found = accounts.filter((account) => application.safes.includes(account.Safe) && fits(account));
    const [one] = found;
    if (one === undefined)
      throw new Refusal(404, 'APPAP004E', `Password object matching query [${shown(query)}] was not found`);
    if (found.length > 1)
      throw new Refusal(400, 'APPAP229E', `Too many password objects matching query [${shown(query)}]`);
    if (query.FailRequestOnPasswordChange === 'true' && one.PasswordChangeInProcess === 'True')
      throw new Refusal(500, 'APPAP282E', `Password of ${one.Name} is being changed`);
    return { CPMStatus: 'success', PasswordChangeInProcess: 'False', Database: '', ...one };
  }

  function checkHeaders({ headers }: IncomingMessage): void {
    if (headers.accept !== 'application/json') incident(`accept: ${headers.accept}`);
    for (const name of ['authorization', 'cookie', 'content-length', 'transfer-encoding'])
      if (headers[name] !== undefined) incident(`header ${name}`);
  }

  /** Every pair as it stands on the wire: `%20` for a space, upper-case hex, nothing unencoded that need be. */
  function decoded(raw: string): Record<string, string> {
    const query: Record<string, string> = {};
    for (const [index, pair] of raw.split('&').entries()) {
      const [name = '', value, ...more] = pair.split('=');
      if (!names.includes(name)) incident(`parameter “${name}”`);
      if ((index === 0) !== (name === 'AppID')) incident(`${name} at place ${index}`);
      if (query[name] !== undefined) incident(`${name} twice`);
      if (value === undefined || value === '' || more.length > 0)
        incident(`${name} is not one value: ${pair}`);
      if (/\+/.test(pair)) incident(`a plus in ${name}`);
      if (!/^(?:[A-Za-z0-9\-._~!'()*]|%[0-9A-F]{2})*$/.test(value ?? ''))
        incident(`${name} is badly encoded`);
      query[name] = decodeURIComponent(value ?? '');
      if (/[+&%]/.test(query[name])) incident(`${name} has a character that is spoiled`);
      if (name !== 'Query' && query[name].includes(';')) incident(`a semicolon in ${name}`);
    }
    if (query.Query !== undefined && searched.some((name) => query[name] !== undefined))
      incident('Query with other properties');
    return query;
  }

  function authenticated(appId: string, socket: TLSSocket): CcpApplication {
    const application = applications[appId];
    if (application === undefined)
      throw new Refusal(403, 'APPAP008E', `ITATS982E User ${appId} is not defined`);
    const { certificateSerial } = application;
    const serial = socket.authorized ? socket.getPeerCertificate().serialNumber : undefined;
    if (certificateSerial !== undefined && serial !== certificateSerial)
      throw new Refusal(403, 'APPAP306E', `Authentication error for App Id [${appId}]. Reason [authMode]`);
    return application;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  return {
    ...{ ...state, accounts, applications, caPem: tls.rootPem },
    url: `https://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function shown(query: Record<string, string>): string {
  return Object.entries(query)
    .filter(([name]) => name !== 'AppID')
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
}

function searchOf(query: Record<string, string>): (account: CcpAccount) => boolean {
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
