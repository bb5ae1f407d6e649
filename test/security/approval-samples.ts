import { z } from 'zod';
import { authority as authorityShape } from '#shared/model/authority.ts';
import type { Change } from '#shared/model/changes/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { Plan } from '#shared/model/plan.ts';
import { now } from '#test/make/database.ts';
import { anEndpoint, anSshConnection } from '#test/make/rows.ts';
import { makePlan } from '../../electron/agent/plans/certify.ts';

const state = { sha256: 'a'.repeat(64), size: 10, ownership: posix('root', 'ssl', 0o640) };
const full = {
  ...{ system: 'posix' as const, owner: 'root', group: 'ssl', mode: 0o640 },
  ...{ acl: 'user:bob:r', attributes: 'i', label: 'cert_t' },
};
const ofWindows = { system: 'windows' as const, owner: 'SYSTEM', acl: 'O:SY', attributes: 'R' };

const everyChange: Change[] = [
  { kind: 'directory', path: '/etc/tls/new', like: '/etc/tls' },
  {
    ...{ kind: 'file', path: '/etc/tls/x.key', holds: 'private-key' },
    ...{ before: { ...state, ownership: full }, after: { sha256: 'e'.repeat(64), ownership: full } },
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
];

/** A plan in which every field has a value. */
export const everything = (bound: Plan['bound'], ids: { nodeId: string; endpointId: string }): Plan =>
  makePlan({
    endpoint: { id: ids.endpointId, name: 'web1' },
    node: { id: ids.nodeId, name: 'shop.example' },
    reason: 'request',
    names: ['shop.example', 'www.shop.example'],
    keyType: 'ec-p256',
    keyPlace: { where: 'endpoint', why: 'openssl is there' },
    authority: { id: 'ca_1', name: 'local', kind: 'local' },
    terms: { profile: 'short', days: 6 },
    bound,
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
      proofs: [{ address: '127.0.0.1', port: 443, serverName: 'shop.example' }],
      warnings: ['Read this.'],
    },
  });

export const nginx = anEndpoint({
  ...{
    name: 'web1',
    connection: anSshConnection({ hostKey: 'SHA256:abc', store: 'cs_1', storeCredentialId: 'web' }),
  },
  settings: { type: 'nginx', nginxConfigPath: '/etc/nginx/nginx.conf', nginxPath: '/usr/sbin/nginx' },
  policy: { autoApprove: false, autoRenew: true, authorityId: 'ca_1', keyType: 'ec-p256' },
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
  settings: {
    ...{ type: 'pem', path: '/x.pem', keyPath: '/x.key', servedAt: 'x:443' },
    ...{ installScript: '/in', restartScript: '/re' },
  },
});
const acmeWith = (validation: unknown): unknown => ({
  ...{ kind: 'acme', directoryUrl: 'https://ca.example/dir', contact: ['mailto:a@b.example'], eabKeyId: 'k' },
  ...{ trustedRootsPem: 'PEM', profile: 'short', termsAgreed: true, validation },
});
const settingsOfAuthorities: unknown[] = [
  { kind: 'local', commonName: 'CA', leafDays: 90, permittedNames: ['shop.example'] },
  acmeWith({ method: 'http-01-agent', address: '0.0.0.0', port: 80 }),
  acmeWith({ method: 'http-01-web-root', webRoot: '/srv/www' }),
  acmeWith({
    ...{ method: 'dns-01-script', addScript: '/add', removeScript: '/rm' },
    ...{ timeoutSeconds: 60, propagationSeconds: 5 },
  }),
];
export const authorities = settingsOfAuthorities.map((settings) =>
  authorityShape.parse({
    ...{ id: 'ca_1', name: 'local', isDefault: false, createdAt: now, settings },
    kind: z.looseObject({ kind: z.string() }).parse(settings).kind,
  }),
);
export const local = authorities.find(({ kind }) => kind === 'local') ?? authorityShape.parse({});

/** Under names of nobody: for its fields alone. */
export const sample = everything(
  { connection: 'c', endpoint: 'e', authority: 'a' },
  { nodeId: 'n', endpointId: 'e' },
);
