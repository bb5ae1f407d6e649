import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { type CcpAccount, checkRequest, decoded, Refusal, searchOf, shown } from './ccp-strict-query.ts';
import { makeTlsMaterial, type TlsMaterial } from './tls-material.ts';

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

/** A Central Credential Provider that looks at every part of a request and answers as the real one is documented to. */
export async function startCcpStrict(options: CcpOptions): Promise<CcpStrict> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-ccp-'));
  const tls = options.tls ?? (await makeTlsMaterial(directory));
  const provider = new StrictProvider(options);
  const server = createServer(
    {
      cert: tls.certificatePem,
      key: tls.keyPem,
      requestCert: options.clientCertificates !== undefined,
      rejectUnauthorized: false, // IIS finishes the handshake and refuses with a page
      ...(options.clientCaPem === undefined ? {} : { ca: options.clientCaPem }),
    },
    (request, response) => provider.take(request, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  const { asked, incidents, canned } = provider;
  const { accounts, applications } = options;
  return {
    ...{ asked, incidents, canned, accounts, applications, caPem: tls.rootPem },
    url: `https://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

class StrictProvider {
  readonly asked: CcpStrict['asked'] = [];
  readonly incidents: string[] = [];
  readonly canned: CannedAnswer[] = [];
  readonly #options: CcpOptions;

  constructor(options: CcpOptions) {
    this.#options = options;
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
    });
    request.on('end', () => {
      if (size > 0) this.#incident(`a body of ${size} bytes`);
      this.#handle(request, response);
    });
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const canned = this.canned.shift();
    if (canned !== undefined) {
      response.writeHead(canned.status, { 'content-type': canned.type ?? 'text/html', ...canned.headers });
      response.end(canned.body ?? '');
      return;
    }
    const socket = request.socket as TLSSocket;
    if (this.#options.clientCertificates === 'demand' && !socket.authorized) {
      const page =
        '<!DOCTYPE html><html><head><title>403 - Forbidden: Access is denied.</title></head></html>';
      response.writeHead(403, { 'content-type': 'text/html' }).end(page);
      return;
    }
    try {
      const body = this.#answer(request, socket);
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(body));
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      refuse(response, thrown);
    }
  }

  #answer(request: IncomingMessage, socket: TLSSocket): unknown {
    checkRequest(request, this.#incident);
    const [place, raw = ''] = (request.url ?? '').split('?');
    if (place !== (this.#options.path ?? '/AIMWebService/api/Accounts'))
      throw new Refusal(404, '', `nothing at ${place}`);
    const query = decoded(raw, this.#incident);
    this.asked.push(query);
    const { safes } = this.#authenticated(query.AppID ?? '', socket);
    const fits = searchOf(query);
    const found = this.#options.accounts.filter((account) => safes.includes(account.Safe) && fits(account));
    const [one] = found;
    if (one === undefined)
      throw new Refusal(404, 'APPAP004E', `Password object matching query [${shown(query)}] was not found`);
    if (found.length > 1)
      throw new Refusal(400, 'APPAP229E', `Too many password objects matching query [${shown(query)}]`);
    if (query.FailRequestOnPasswordChange === 'true' && one.PasswordChangeInProcess === 'True')
      throw new Refusal(500, 'APPAP282E', `Password of ${one.Name} is being changed`);
    return { CPMStatus: 'success', PasswordChangeInProcess: 'False', Database: '', ...one };
  }

  #authenticated(appId: string, socket: TLSSocket): CcpApplication {
    const application = this.#options.applications[appId];
    if (application === undefined)
      throw new Refusal(403, 'APPAP008E', `ITATS982E User ${appId} is not defined`);
    const { certificateSerial } = application;
    const serial = socket.authorized ? socket.getPeerCertificate().serialNumber : undefined;
    if (certificateSerial !== undefined && serial !== certificateSerial)
      throw new Refusal(403, 'APPAP306E', `Authentication error for App Id [${appId}]. Reason [authMode]`);
    return application;
  }

  readonly #incident = (what: string) => void this.incidents.push(what);
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  const type = code === '' ? 'text/html' : 'application/json; charset=utf-8';
  const body = JSON.stringify({ ErrorCode: code, ErrorMsg: message });
  response.writeHead(status, { 'content-type': type });
  response.end(code === '' ? '<html><title>Not Found</title></html>' : body);
}
