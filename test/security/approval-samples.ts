import { type AuthorityKind, authorityKinds, authority as authorityShape } from '#shared/model/authority.ts';
import type { Change } from '#shared/model/changes/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import { type ConnectionSettings, type ConnectionType, connectionTypes } from '#shared/model/connection.ts';
import {
  type Endpoint,
  type EndpointSettings,
  type EndpointType,
  endpointTypes,
} from '#shared/model/endpoint.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { AuthorityShape } from '#test/make/authority-peers.ts';
import { now } from '#test/make/database.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { bindingOf } from '../../electron/agent/plans/binding.ts';
import { makePlan } from '../../electron/agent/plans/certify.ts';
import type { Kept } from '../../electron/agent/steps/shapes.ts';
import { shapesOf } from '../conformance/shapes.ts';

const state = { sha256: 'a'.repeat(64), size: 10, ownership: posix('root', 'ssl', 0o640) };
const full = {
  ...{ system: 'posix' as const, owner: 'root', group: 'ssl', mode: 0o640 },
  ...{ acl: 'user:bob:r', attributes: 'i', label: 'cert_t' },
};
const ofWindows = { system: 'windows' as const, owner: 'SYSTEM', acl: 'O:SY', attributes: 'R' };

const neighbour = {
  ...{ address: '127.0.0.1', port: 443, serverName: 'blog.example', who: 'server blog.example' },
  ...{ proxyProtocol: true, startTls: 'imap' as const },
  ...{ keyAlgorithm: 'rsa' as const, expects: 'as-before' as const, certificatePath: '/etc/tls/blog.crt' },
};

const everyChange: Change[] = [
  { kind: 'directory', path: '/etc/tls/new', like: '/etc/tls' },
  {
    ...{ kind: 'file', path: '/etc/tls/x.key', holds: 'private-key' },
    ...{
      before: { ...state, names: 2, ownership: full },
      after: { sha256: 'e'.repeat(64), ownership: full },
    },
  },
  {
    ...{ kind: 'file', path: '/etc/x.conf', holds: 'configuration', before: state },
    after: { sha256: 'c'.repeat(64), ownership: state.ownership },
  },
  {
    ...{ kind: 'file', path: 'C:\\x.pfx', holds: 'certificate-and-key' },
    before: { ...state, ownership: ofWindows },
    after: { sha256: 'd'.repeat(64), ownership: ofWindows },
  },
  {
    ...{ kind: 'configuration-line', path: '/etc/x.conf', line: 3, before: 'a;', after: 'b;' },
    replaces: { path: '/etc/x.conf', start: 9, end: 10, text: 'b' },
  },
  {
    ...{ kind: 'key-store-entry', keyStore: '/etc/x.jks', alias: 'shop', entry: 'key' },
    ...{ before: { certificate: 'a'.repeat(64) }, after: { certificate: 'b'.repeat(64) } },
  },
  {
    ...{ kind: 'key-store-entry', keyStore: '/etc/x.jks', alias: 'root', entry: 'trust' },
    ...{ before: { certificate: 'a'.repeat(64) }, after: { certificate: 'b'.repeat(64) } },
  },
  {
    ...{ kind: 'binding', site: 'Default Web Site', at: '*:443:shop.example' },
    before: { thumbprint: 'A'.repeat(40), certificateStore: 'My', flags: 1 },
    after: { thumbprint: 'B'.repeat(40), certificateStore: 'My', flags: 1 },
  },
  {
    ...{ kind: 'remote-object', path: '/ssl-key/new', holds: 'private-key' },
    before: { content: 'a'.repeat(64), members: { partition: 'Common' } },
    after: { content: 'b'.repeat(64), members: { partition: 'Common' } },
  },
  {
    ...{ kind: 'remote-object', path: '/client-ssl/shop', holds: 'settings' },
    before: { content: 'a'.repeat(64), members: { cert: '/Common/old.crt' } },
    after: { content: 'b'.repeat(64), members: { cert: '/Common/new.crt' } },
  },
  { kind: 'command', argv: ['nginx', '-s', 'reload'], why: 'Serves it.' },
  { kind: 'command', argv: ['/in', 'shop.example'], why: 'The install script.' },
];

/** Bound to a fall-back that is not in the database. */
const noFallback = bindingOf(anEndpoint(), null, null).fallback;

/** A plan in which every field has a value. */
export const everything = (bound: Plan['bound'], ids: { nodeId: string; endpointId: string }): Plan =>
  makePlan({
    endpoint: { id: ids.endpointId, name: 'web1' },
    node: { id: ids.nodeId, name: 'shop.example' },
    reason: 'request',
    names: ['shop.example', 'www.shop.example'],
    keyType: 'ec-p256',
    loses: ['old.shop.example'],
    keyPlace: { where: 'endpoint', why: 'openssl is there' },
    authority: { id: 'ca_1', name: 'local', kind: 'local' },
    terms: { profile: 'short', days: 6 },
    ...{ group: { id: 'grp_1', places: ['web1/shop', 'web2/shop'] }, restarts: 'separately' },
    issued: { orderId: 'ord_1', orderNumber: 1001, fingerprint: 'f'.repeat(64), notAfter: now },
    webRoot: '/srv/www',
    fallback: { id: 'ca_2', name: 'other', kind: 'acme', webRoot: '/srv/other' },
    bound: { fallback: noFallback, ...bound },
    install: {
      nodeKey: 'shop',
      changes: everyChange,
      standsOn: [
        { what: 'content', name: '/etc/x.conf', sha256: 'c'.repeat(64) },
        { what: 'link', name: '/etc/tls', leadsTo: '/srv/tls' },
      ],
      remembers: {
        by: 'nginx',
        version: 1,
        facts: [{ name: 'pidPath', label: 'Pid file', value: '/x.pid' }],
      },
      shares: [{ what: 'address', who: 'server blog', sentence: 'It listens there too.' }],
      proofs: [
        {
          address: '127.0.0.1',
          port: 443,
          serverName: 'shop.example',
          proxyProtocol: true,
          startTls: 'imap',
        },
      ],
      neighbours: [neighbour],
      listeners: [{ address: '127.0.0.1', port: 80 }],
      answers: { named: ['www.shop.example'], byDefault: ['old.shop.example'] },
      onlyKeys: { family: 'ecdsa', why: 'its ssl_ciphers allow no other' },
      takesOver: [
        { who: 'certbot', evidence: 'its note', files: ['/etc/tls/x.key'], sentence: 'It renews.' },
      ],
      coldStart: { proved: true, sentence: 'nginx -T accepted it.' },
      warnings: ['Read this.'],
    },
  });

/** What the shapes of the conformance suites say: settings of every sibling, with a value in every field. */
async function everySettings<I extends string, S>(family: string, ids: readonly I[]): Promise<Record<I, S>> {
  const shapes = await shapesOf<I, { everything: S }>(family, ids);
  return Object.fromEntries(shapes.map(([id, { everything }]) => [id, everything])) as Record<I, S>;
}
const endpoints = await everySettings<EndpointType, EndpointSettings>('endpoints', endpointTypes);
const connections = await everySettings<ConnectionType, ConnectionSettings>('connections', connectionTypes);

export const nginx = anEndpoint({
  ...{
    name: 'web1',
    connection: connections.ssh,
  },
  settings: endpoints.nginx,
  policy: {
    autoApprove: false,
    autoRenew: true,
    restarts: 'separately',
    authorityId: 'ca_1',
    fallbackId: 'ca_2',
    keyType: 'ec-p256',
  },
  probe: {
    ok: true,
    version: 'nginx/1',
    checks: [
      {
        name: 'host-key',
        ok: false,
        sentence: 'Another one.',
        identity: { pinned: 'SHA256:a', seen: 'SHA256:b' },
      },
    ],
    at: now,
  },
  discoveredAt: now,
});
export const pem = anEndpoint({
  ...{ type: 'pem', connection: { ...nginx.connection, user: '' } as Endpoint['connection'] },
  settings: endpoints.pem,
});
/** Every other type of endpoint, and every other way to one. */
export const otherEndpoints: readonly [string, Endpoint][] = [
  ...endpointTypes
    .filter((type) => type !== nginx.type && type !== pem.type)
    .map((type): [string, Endpoint] => [type, { ...nginx, name: type, type, settings: endpoints[type] }]),
  ...connectionTypes
    .filter((type) => type !== nginx.connection.type)
    .map((type): [string, Endpoint] => [
      `nginx, ${type}`,
      { ...nginx, name: `over-${type}`, connection: connections[type] },
    ]),
];

export const authorities = (await shapesOf<AuthorityKind, AuthorityShape>('authorities', authorityKinds))
  .flatMap(([, { everything }]) => everything)
  .map((settings) =>
    authorityShape.parse({
      ...{ id: 'ca_1', name: 'local', isDefault: false, createdAt: now, kind: settings.kind, settings },
    }),
  );
/** Has challenge files put below the web root of the node. */
export const byWebRoot = authorityShape.parse({
  ...authorities.find(({ kind }) => kind === 'acme'),
  settings: {
    ...authorities.find(({ kind }) => kind === 'acme')?.settings,
    validation: { method: 'http-01-web-root', webRoot: null },
  },
});
export const local = authorities.find(({ kind }) => kind === 'local') ?? authorityShape.parse({});

/** What a task keeps to undo a change, with a value in every field. */
export const keptSample: Kept = {
  snapshot: {
    nodeKey: 'shop',
    kept: [
      {
        ...{ kind: 'file', path: '/etc/tls/x.key', keptAt: '/etc/tls/.trustkeep-1.kept.x.key' },
        before: { sha256: 'a'.repeat(64), ownership: full },
      },
      {
        ...{ kind: 'file', path: 'C:\\x.pfx', keptAt: 'C:\\.trustkeep-1.kept.x.pfx' },
        before: { sha256: 'a'.repeat(64), ownership: ofWindows },
      },
      { kind: 'directory', path: '/etc/tls/new' },
      {
        ...{ kind: 'binding', site: 'Default Web Site', at: '*:443:shop.example' },
        before: { thumbprint: 'A'.repeat(40), certificateStore: 'My', flags: 1 },
      },
      {
        ...{ kind: 'remote-object', path: '/client-ssl/shop' },
        before: { content: 'a'.repeat(64), members: { cert: '/Common/old.crt' } },
      },
    ],
    previousFingerprint: 'a'.repeat(64),
    startAgain: ['nginx', '-c', '/etc/nginx.conf'],
  },
  baseline: [
    {
      ...{ address: '127.0.0.1', port: 443, serverName: 'shop.example' },
      ...{ proxyProtocol: true, startTls: 'imap' as const },
      ...{ leaf: 'a'.repeat(64), chain: ['a'.repeat(64)] },
    },
  ],
  around: {
    neighbours: [{ ...neighbour, chain: ['b'.repeat(64)], onDisk: ['b'.repeat(64)] }],
    listeners: [{ address: '127.0.0.1', port: 80, accepts: true }],
  },
};

/** Under names of nobody: for its fields alone. */
export const sample = everything(
  { connection: 'c', endpoint: 'e', authority: 'a' },
  { nodeId: 'n', endpointId: 'e' },
);
