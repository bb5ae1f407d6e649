import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { upload } from './bigip-files.ts';
import { Listeners } from './bigip-listeners.ts';
import { route } from './bigip-routes.ts';
import { authorized, logIn, mustBeAdministrator, token } from './bigip-tokens.ts';
import {
  type ClientSsl,
  copyOf,
  type Fault,
  Refusal,
  type User,
  type Virtual,
  type World,
} from './bigip-world.ts';

interface Pair {
  certPem: string;
  keyPem: string;
  chainPem?: string;
}

export interface BigipOptions {
  /** What the management page shows. */
  tls: { certificatePem: string; keyPem: string };
  version?: string;
  role?: User['role'];
  now?: () => number;
}

/** A BIG-IP as far as its certificates go: iControl REST as it is documented, and virtual servers that are really served. */
export interface Bigip {
  host: string;
  port: number;
  user: string;
  password: string;
  world: World;
  /** `/Common/shop` → `/Common/shop.crt`, `.key`, and `-chain.crt` where there is one. */
  addPair(stem: string, pair: Pair): { cert: string; key: string; chain: string };
  addClientSsl(profile: Partial<ClientSsl> & { fullPath: string }): void;
  /** Opens a listener at 127.0.0.1; gives its port. */
  addVirtual(virtual: Partial<Virtual> & { fullPath: string }): Promise<number>;
  /** Everything that is configured, to be compared. */
  state(): unknown;
  stop(): Promise<void>;
}

/** Strict: whatever the product is not documented to take is refused. */
export async function startBigip(options: BigipOptions): Promise<Bigip> {
  const world = makeWorld(options);
  const listeners = new Listeners(world);
  world.changed = () => listeners.refresh();
  const { certificatePem, keyPem } = options.tls;
  const server = createServer({ cert: certificatePem, key: keyPem }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => answer(world, request, response, Buffer.concat(parts)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      user: 'admin',
      password: 'box-password',
      world,
    },
    addPair(stem, { certPem, keyPem: key, chainPem }) {
      const { certs, keys } = world.configuration;
      const createdBy = 'root';
      certs.set(`${stem}.crt`, { pem: certPem, createdBy });
      keys.set(`${stem}.key`, { pem: key, createdBy });
      if (chainPem) certs.set(`${stem}-chain.crt`, { pem: chainPem, createdBy });
      return { cert: `${stem}.crt`, key: `${stem}.key`, chain: chainPem ? `${stem}-chain.crt` : 'none' };
    },
    addClientSsl(profile) {
      const usual = { defaultsFrom: '/Common/clientssl', serverName: 'none', sniDefault: false };
      const inheritCertkeychain = profile.certKeyChain === undefined;
      world.configuration.clientSsl.set(profile.fullPath, {
        ...{ ...usual, inheritCertkeychain, certKeyChain: [] },
        ...profile,
      });
    },
    async addVirtual(virtual) {
      const port = await listeners.open(virtual.fullPath, '127.0.0.1');
      const usual = {
        destination: `/Common/127.0.0.1:${port}`,
        enabled: true,
        clientSide: [],
        serverSide: [],
      };
      world.virtuals.set(virtual.fullPath, { ...usual, ...virtual });
      listeners.refresh();
      return port;
    },
    state: () => {
      const { certs, keys, clientSsl, serverSsl } = copyOf(world.configuration);
      return structuredClone({ certs, keys, clientSsl, serverSsl, uploads: [...world.uploads.keys()] });
    },
    async stop() {
      server.closeAllConnections();
      await Promise.all([listeners.close(), new Promise((resolve) => server.close(resolve))]);
    },
  };
}

function makeWorld({ tls, version = '17.1.1', role = 'admin', now = Date.now }: BigipOptions): World {
  const createdBy = 'root';
  const entry = { name: 'default', cert: '/Common/default.crt', key: '/Common/default.key', chain: 'none' };
  const builtIn = {
    inheritCertkeychain: false,
    serverName: 'none',
    sniDefault: false,
    certKeyChain: [entry],
  };
  const configuration = {
    certs: new Map([['/Common/default.crt', { pem: tls.certificatePem, createdBy }]]),
    keys: new Map([['/Common/default.key', { pem: tls.keyPem, createdBy }]]),
    clientSsl: new Map([
      ['/Common/clientssl', { fullPath: '/Common/clientssl', defaultsFrom: 'none', ...builtIn }],
    ]),
    serverSsl: new Map([
      [
        '/Common/serverssl',
        { fullPath: '/Common/serverssl', defaultsFrom: 'none', cert: 'none', key: 'none', chain: 'none' },
      ],
    ]),
  };
  return {
    ...{ version, now, tokenLife: 1200, self: 'bigip1.example', hasBash: true, sync: 'Standalone' },
    users: new Map([['admin', { password: 'box-password', role }]]),
    ...{ tokens: new Map(), uploads: new Map(), virtuals: new Map(), transactions: new Map() },
    ...{ configuration, saved: copyOf(configuration), groups: [], requests: [], faults: [] },
    devices: [{ name: 'bigip1.example', managementIp: '127.0.0.1', failoverState: 'active' }],
    deviceCertificate: tls.certificatePem,
    changed: () => {},
  };
}

function answer(world: World, request: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const fault = faultFor(world, request);
  if (fault === 'lost before') return void request.socket.destroy();
  try {
    if (fault !== null) fail(world, fault);
    const said = handle(world, request, content);
    if (fault === 'lost after') return void request.socket.destroy();
    response
      .writeHead(200, { 'content-type': 'application/json; charset=UTF-8' })
      .end(said === null ? '' : JSON.stringify(said));
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const { status, text, message } = thrown;
    const isText = text !== null;
    response.writeHead(status, { 'content-type': isText ? 'text/html' : 'application/json; charset=UTF-8' });
    response.end(text ?? JSON.stringify({ code: status, message, errorStack: [], apiError: 3 }));
  }
}

/** Log-ins and tokens are not counted: they are what a client does to be heard. */
function faultFor({ faults, requests }: World, { method, url = '' }: IncomingMessage): Fault['how'] | null {
  const path = url.split('?')[0]?.replace(/\/tokens\/.*/, '/tokens/…');
  requests.push(`${method} ${path}`);
  const [fault] = faults;
  if (fault === undefined || /^\/mgmt\/shared\/auth[nz]\//.test(url)) return null;
  if (fault.at?.test(url) === false || (fault.method ?? method) !== method) return null;
  if (fault.after > 0) {
    fault.after -= 1;
    return null;
  }
  faults.shift();
  return fault.how;
}

function fail(world: World, how: Fault['how']): void {
  switch (how) {
    case 'token expired':
      world.tokens.clear();
      return;
    case 'denied':
      throw new Refusal(
        403,
        'Operation is not supported on component. User does not have modify access to object.',
      );
    case 'unavailable':
      throw new Refusal(503, '', '<html><body>Configuration Utility restarting...</body></html>');
    case 'disk full':
      throw new Refusal(500, 'java.io.IOException: No space left on device');
    case 'refused':
      throw new Refusal(400, '01070734:3: Configuration error: the change was refused.');
    case 'lost before':
    case 'lost after':
  }
}

function handle(world: World, request: IncomingMessage, content: Buffer): unknown {
  const { method = '', url = '', headers } = request;
  const { pathname, searchParams: query } = new URL(url, 'https://localhost');
  const [, path] = /^\/mgmt\/(.+?)\/?$/.exec(pathname) ?? [];
  if (path === undefined) throw new Refusal(404, '', '<html><title>404</title></html>');
  if (path === 'shared/authn/login' && method === 'POST') return logIn(world, json(headers, content));
  const user = authorized(world, request);
  const [, named] = /^shared\/authz\/tokens\/([^/]+)$/.exec(path) ?? [];
  if (named !== undefined)
    return token(world, method, named, content.length === 0 ? {} : json(headers, content));
  const [, file] = /^shared\/file-transfer\/uploads\/([^/]+)$/.exec(path) ?? [];
  if (file !== undefined) {
    mustBeAdministrator(user, path);
    if (headers['content-type'] !== 'application/octet-stream') throw new Refusal(400, 'Bad content type.');
    return upload(world, decodeURIComponent(file), headers['content-range'], content);
  }
  const id = headers['x-f5-rest-coordination-id'];
  const body = content.length === 0 ? {} : json(headers, content);
  const transaction = typeof id === 'string' ? id : undefined;
  return route(world, { method, path, query, body, user, transaction });
}

function json(headers: IncomingMessage['headers'], content: Buffer): Record<string, unknown> {
  if (!headers['content-type']?.startsWith('application/json'))
    throw new Refusal(415, 'Expected application/json.');
  const value: unknown = JSON.parse(content.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refusal(400, 'Found invalid JSON body.');
  return value as Record<string, unknown>;
}
