import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { type Clock, systemClock } from '#kit/clock.ts';
import { makeLog } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { memoryStoreState } from '#test/make/store-state.ts';
import { makeHttp } from '../../electron/net/http.ts';
import type { CredentialStore } from '../../electron/providers/credential-stores/credential-store.ts';
import { CyberarkStore } from '../../electron/providers/credential-stores/cyberark/cyberark.ts';
import { DelineaStore } from '../../electron/providers/credential-stores/delinea-secret-server/delinea-secret-server.ts';
import { makeHashicorpStore } from '../../electron/providers/credential-stores/hashicorp/hashicorp.ts';

export const token = 'hvs.Token-zqmarkqz';
const password = 'Pass "word" <zqmarkqz>&';
const ends: (() => unknown)[] = [];

export interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}
export type Answer = { status?: number; headers?: Record<string, string>; body?: unknown } | 'endless';

/** `given` is called when an answer has left. */
export async function peer(answer: (asked: Asked) => Answer, given: (what: Answer) => void = () => {}) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(parts).toString() };
      asked.push(one);
      const what = answer(one);
      response.once('finish', () => given(what));
      give(response, what);
    });
  });
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  ends.push(() => server.closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function give(response: ServerResponse, answer: Answer): void {
  response.on('error', () => {});
  if (answer === 'endless') {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write(`"${'x'.repeat(65_536)}",`));
    };
    response.on('drain', more);
    more();
    return;
  }
  const { status = 200, headers = {}, body = {} } = answer;
  response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'id=tracked', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

const settings = { trustedRootsPem: null, verify: 'web1' };
export const kinds = ['hashicorp', 'approle', 'cyberark', 'delinea'] as const;
type Kind = (typeof kinds)[number];
export const goodId: Record<Kind, string> = {
  hashicorp: 'web1',
  approle: 'web1',
  cyberark: 'Safe=Web;Object=web1',
  delinea: '12',
};

export function open(kind: Kind, url: string, clock: Clock = systemClock) {
  const lines: string[] = [];
  const log = makeLog((line) => lines.push(line), 'debug', Date.now);
  const http = makeHttp({ userAgent: 'test', clock, log });
  ends.push(() => http.close());
  const secrets = { token, password, 'secret-id': token };
  const state = memoryStoreState(secrets);
  const parts = { id: 'cs_test', state, http, clock, log };
  const vault = {
    ...settings,
    kind: 'hashicorp',
    vaultUrl: url,
    rootPath: 'secret',
    namespace: null,
  } as const;
  const make: Record<Kind, () => CredentialStore> = {
    hashicorp: () =>
      makeHashicorpStore({ ...parts, settings: { ...vault, auth: { type: 'Token' }, authMount: 'approle' } }),
    approle: () => {
      const auth = { type: 'AppRoleSecret', roleId: 'role', wrapped: false } as const;
      return makeHashicorpStore({ ...parts, settings: { ...vault, auth, authMount: 'approle' } });
    },
    cyberark: () =>
      new CyberarkStore({
        ...parts,
        settings: {
          ...{
            ...settings,
            kind: 'cyberark',
            ccpUrl: url,
            appId: 'App',
            hasCertificate: false,
            reason: null,
          },
          verify: goodId.cyberark,
        },
      }),
    delinea: () =>
      new DelineaStore({
        ...parts,
        settings: {
          ...settings,
          kind: 'delinea-secret-server',
          url,
          username: 'svc',
          domain: null,
          comment: null,
          verify: '12',
        },
      }),
  };
  const store = make[kind]();
  ends.push(() => store.close());
  return { store, lines, state };
}

/** Lets every kind log in, and find the secrets in KV version 2 at `secret/`. */
export function usual({ url }: Asked, read: unknown): Answer {
  if (url.includes('/lookup-self')) return { body: { data: { ttl: 3600, renewable: false } } };
  if (url.includes('/approle/login'))
    return { body: { auth: { client_token: token, lease_duration: 3600, renewable: false } } };
  if (url.includes('/ui/mounts/'))
    return { body: { data: { path: 'secret/', type: 'kv', options: { version: '2' } } } };
  if (url.includes('/oauth2/token'))
    return { body: { access_token: token, token_type: 'bearer', expires_in: 1200 } };
  return read === undefined ? { status: 404, body: { errors: [] } } : { body: read };
}

export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return asFailure(await work.then(() => 'nothing failed').catch((thrown: unknown) => thrown));
}

/** What a test started is stopped after it. */
export function preparePeers(): void {
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });
}
