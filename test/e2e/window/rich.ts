import type { Authority } from '#shared/model/authority.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { ConnectionSettings } from '#shared/model/connection.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode, ServedState } from '#shared/model/node.ts';
import { addHistory } from './history.ts';
import { richCredentials, richProxy, richStores, richTrips } from './rich-stores.ts';
import { day, emptyWorld, fakeHash, hour, minute, type World } from './world.ts';

/** A middling network: 12 endpoints, 30 nodes, something in every state. */
export function richWorld(now: number): World {
  const world = emptyWorld(now);
  world.authorities.push(...authorities(now));
  for (const spec of endpointSpecs) addEndpoint(world, spec);
  world.stores = richStores(now);
  world.credentials = richCredentials(now);
  world.proxy = { ...richProxy };
  world.trips = richTrips;
  addHistory(world);
  return world;
}

function authorities(now: number): Authority[] {
  const base = { createdAt: now - 38 * day, kind: 'acme' as const, isDefault: false };
  return [
    {
      ...base,
      id: 'ca_sectigo',
      name: 'Sectigo',
      settings: {
        kind: 'acme',
        directoryUrl: 'https://acme.sectigo.com/v2/OV',
        contact: ['tls@nordhafen.example'],
        eabKeyId: 'kid-40f1b2',
        trustedRootsPem: null,
        profile: null,
        termsAgreed: true,
        validation: {
          method: 'dns-01-script',
          addScript: '/etc/trustkeep/dns-add',
          removeScript: '/etc/trustkeep/dns-remove',
          timeoutSeconds: 60,
          propagationSeconds: 30,
        },
      },
    },
    {
      ...base,
      id: 'ca_le',
      name: "Let's Encrypt",
      settings: {
        kind: 'acme',
        directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
        contact: ['tls@nordhafen.example'],
        eabKeyId: null,
        trustedRootsPem: null,
        profile: 'shortlived',
        termsAgreed: true,
        validation: { method: 'http-01-web-root', webRoot: null },
      },
    },
  ];
}

interface NodeSpec {
  names: string[];
  at: string[];
  /** Days of life left; null: plain HTTP. */
  left: number | null;
  issuer?: keyof typeof issuers;
  order?: number;
  served?: ServedState;
  alias?: string;
  gone?: boolean;
  notInstallable?: string;
}

interface EndpointSpec {
  name: string;
  type: 'nginx' | 'pem';
  host?: string;
  /** Id of a credential store, and of a credential in it. */
  login?: [string, string];
  version?: string | null;
  broken?: string;
  undiscovered?: boolean;
  nodes: NodeSpec[];
}

const issuers = {
  local: 'CN=Trustkeep local root',
  le: "CN=R11,O=Let's Encrypt,C=US",
  sectigo: 'CN=Sectigo Public Server Authentication CA OV R36,O=Sectigo Limited,C=GB',
  corp: 'CN=Nordhafen Issuing CA 2,O=Nordhafen AG,C=DE',
} as const;

const endpointSpecs: EndpointSpec[] = [
  {
    name: 'shop-web-1',
    type: 'nginx',
    host: '10.20.4.11',
    nodes: [
      {
        names: ['shop.nordhafen.example', 'www.shop.nordhafen.example'],
        at: ['10.20.4.11:443', '[2001:db8:20:4::11]:443'],
        left: 61,
        issuer: 'sectigo',
        order: 1004,
      },
      {
        names: ['checkout.nordhafen.example'],
        at: ['10.20.4.11:443'],
        left: 5,
        issuer: 'le',
        served: 'same',
      },
      { names: ['shop.nordhafen.example'], at: ['10.20.4.11:80'], left: null },
    ],
  },
  {
    name: 'shop-web-2',
    type: 'nginx',
    host: '10.20.4.12',
    login: ['cs_vault', 'shop/web-2'],
    nodes: [
      {
        names: ['shop.nordhafen.example', 'www.shop.nordhafen.example'],
        at: ['10.20.4.12:443'],
        left: 61,
        issuer: 'sectigo',
        order: 1005,
        served: 'previous',
      },
      { names: ['checkout.nordhafen.example'], at: ['10.20.4.12:443'], left: 40, issuer: 'le', order: 1011 },
      {
        names: ['status.shop.nordhafen.example'],
        at: ['10.20.4.12:8443'],
        left: 40,
        issuer: 'local',
        order: 1012,
      },
    ],
  },
  {
    name: 'intranet',
    type: 'nginx',
    nodes: [
      {
        names: ['intranet.nordhafen.internal'],
        at: ['192.168.10.5:443'],
        left: 77,
        issuer: 'local',
        order: 1007,
      },
      {
        names: ['wiki.nordhafen.internal', 'docs.nordhafen.internal'],
        at: ['192.168.10.5:443'],
        left: 77,
        issuer: 'local',
        order: 1008,
      },
      {
        names: ['~^(?<team>.+)\\.teams\\.nordhafen\\.internal$'],
        at: ['192.168.10.5:443'],
        left: 200,
        issuer: 'corp',
        notInstallable:
          'The certificate path of this server block contains a variable, so it has no single certificate to replace.',
      },
      { names: ['_'], at: ['192.168.10.5:80'], left: null },
    ],
  },
  {
    name: 'mail-gateway',
    type: 'pem',
    host: 'mx1.nordhafen.example',
    nodes: [
      { names: ['mx1.nordhafen.example'], at: ['203.0.113.25:465'], left: 22, issuer: 'le', alias: 'mx1' },
    ],
  },
  {
    name: 'ldap-primary',
    type: 'pem',
    host: '10.20.1.3',
    nodes: [
      {
        names: ['ldap1.nordhafen.internal'],
        at: ['10.20.1.3:636'],
        left: 300,
        issuer: 'corp',
        served: 'unreachable',
        alias: 'ldap',
      },
    ],
  },
  {
    name: 'api-edge-fra',
    type: 'nginx',
    host: '198.51.100.40',
    nodes: [
      {
        names: ['api.nordhafen.example'],
        at: ['198.51.100.40:443', '198.51.100.41:443'],
        left: 4,
        issuer: 'le',
        order: 1015,
      },
      {
        names: ['*.tenants.nordhafen.example', 'tenants.nordhafen.example'],
        at: ['198.51.100.40:443'],
        left: 58,
        issuer: 'sectigo',
        order: 1003,
      },
      { names: ['hooks.nordhafen.example'], at: ['198.51.100.40:443'], left: 44, issuer: 'le', order: 1013 },
    ],
  },
  {
    name: 'api-edge-ams',
    type: 'nginx',
    host: '198.51.100.72',
    login: ['cs_vault', 'edge/ams'],
    nodes: [
      { names: ['api.nordhafen.example'], at: ['198.51.100.72:443'], left: 66, issuer: 'le', order: 1016 },
      {
        names: ['hooks.nordhafen.example'],
        at: ['198.51.100.72:443'],
        left: 44,
        issuer: 'le',
        order: 1014,
        served: 'other',
      },
    ],
  },
  {
    name: 'grafana',
    type: 'nginx',
    host: '10.20.8.9',
    login: ['cs_default', 'grafana-deploy'],
    nodes: [
      {
        names: ['grafana.nordhafen.internal'],
        at: ['10.20.8.9:443'],
        left: 31,
        issuer: 'local',
        order: 1009,
      },
      {
        names: ['prometheus.nordhafen.internal'],
        at: ['10.20.8.9:9443'],
        left: 31,
        issuer: 'local',
        order: 1010,
      },
      {
        names: ['old-kibana.nordhafen.internal'],
        at: ['10.20.8.9:443'],
        left: -3,
        issuer: 'corp',
        gone: true,
      },
    ],
  },
  {
    name: 'vpn-concentrator',
    type: 'pem',
    host: '10.20.0.2',
    nodes: [
      {
        names: ['vpn.nordhafen.example'],
        at: ['203.0.113.30:443'],
        left: 12,
        issuer: 'sectigo',
        alias: 'vpn',
      },
    ],
  },
  {
    name: 'ci-runner',
    type: 'nginx',
    nodes: [
      {
        names: ['registry.nordhafen.internal'],
        at: ['192.168.10.5:5000'],
        left: 83,
        issuer: 'local',
        order: 1017,
      },
      { names: ['ci.nordhafen.internal'], at: ['192.168.10.5:8443'], left: 83, issuer: 'local', order: 1018 },
      {
        names: ['artifacts.nordhafen.internal'],
        at: ['192.168.10.5:8444'],
        left: 83,
        issuer: 'local',
        order: 1019,
        served: 'unknown',
      },
      { names: ['ci.nordhafen.internal'], at: ['192.168.10.5:8080'], left: null },
    ],
  },
  {
    name: 'print-server',
    type: 'nginx',
    host: '10.20.9.77',
    broken:
      'The program nginx was not found at /usr/sbin/nginx, /usr/local/sbin/nginx or on the path. Name it with "nginx program".',
    version: null,
    undiscovered: true,
    nodes: [],
  },
  {
    name: 'legacy-portal',
    type: 'nginx',
    host: 'portal-old.nordhafen.internal',
    nodes: [
      { names: ['portal.nordhafen.internal'], at: ['10.20.7.15:443'], left: -2, issuer: 'corp' },
      { names: ['files.nordhafen.internal'], at: ['10.20.7.15:443'], left: 150, issuer: 'corp' },
      { names: ['sso.nordhafen.internal'], at: ['10.20.7.15:443'], left: 150, issuer: 'corp' },
      { names: ['portal.nordhafen.internal'], at: ['10.20.7.15:80'], left: null },
    ],
  },
];

function addEndpoint(world: World, spec: EndpointSpec): void {
  const { now } = world;
  const id = `ep_${fakeHash(spec.name).slice(0, 12)}`;
  world.endpoints.push({
    id,
    name: spec.name,
    type: spec.type,
    connection: connection(spec.host, spec.login),
    settings: settings(spec),
    policy: { autoApprove: spec.name === 'ci-runner', autoRenew: true, authorityId: null, keyType: null },
    probe: {
      ok: spec.broken === undefined,
      version: spec.version === null ? null : spec.type === 'nginx' ? 'nginx/1.26.2' : 'OpenSSL 3.0.15',
      checks: checks(spec),
      at: now - 2 * hour,
    },
    discoveredAt: spec.undiscovered ? null : now - 95 * minute,
    createdAt: now - 36 * day,
    updatedAt: now - 6 * day,
  });
  spec.nodes.forEach((node, index) => {
    world.nodes.push(addNode(world, id, spec, node, index));
  });
}

function connection(host: string | undefined, login: EndpointSpec['login']): ConnectionSettings {
  if (host === undefined) return { type: 'local' };
  return {
    type: 'ssh',
    host,
    port: host.startsWith('10.20.9') ? 2222 : 22,
    user: login === undefined ? 'trustkeep' : '',
    auth: login === undefined ? 'private-key' : 'credential-store',
    hostKey: 'SHA256:0Yw6qk1sE9cWm3lFvJ8rTzN2bHaPdXuKgQyZ4oMiC5E',
    store: login?.[0] ?? null,
    storeCredentialId: login?.[1] ?? null,
  };
}

function settings(spec: EndpointSpec): Endpoint['settings'] {
  if (spec.type === 'nginx') return { type: 'nginx', nginxConfigPath: null, nginxPath: null };
  return {
    type: 'pem',
    path: `/etc/ssl/${spec.name}/fullchain.pem`,
    keyPath: `/etc/ssl/${spec.name}/key.pem`,
    servedAt: null,
    installScript: null,
    restartScript: '/usr/local/sbin/reload-tls',
  };
}

function checks(spec: EndpointSpec) {
  const remote =
    spec.host === undefined
      ? []
      : [
          { name: 'connect', ok: true, sentence: `${spec.host} answered in 14 ms.` },
          { name: 'host-key', ok: true, sentence: 'The host key is the pinned one.' },
          {
            name: 'log-in',
            ok: true,
            sentence: 'Logged in as trustkeep with a private key; sudo works without a password.',
          },
        ];
  if (spec.broken !== undefined) return [...remote, { name: 'program', ok: false, sentence: spec.broken }];
  return [
    ...remote,
    {
      name: 'program',
      ok: true,
      sentence:
        spec.type === 'nginx' ? 'nginx 1.26.2 at /usr/sbin/nginx.' : 'The file can be read and written.',
    },
    { name: 'configuration', ok: true, sentence: 'The configuration parses.' },
    { name: 'write', ok: true, sentence: 'Certificate files can be written with their owner and mode kept.' },
    { name: 'reload', ok: true, sentence: 'The reload command may be run.' },
    { name: 'openssl', ok: true, sentence: 'openssl 3.0.15 can make key pairs here.' },
  ];
}

function addNode(
  world: World,
  endpointId: string,
  spec: EndpointSpec,
  node: NodeSpec,
  index: number,
): EndpointNode {
  const { now } = world;
  const name = node.names[0] ?? 'default';
  const certificate = node.left === null ? null : certificateOf(world, node);
  const directory =
    spec.type === 'nginx' ? `/etc/nginx/tls/${name.replaceAll('*', '_')}` : `/etc/ssl/${spec.name}`;
  const served: ServedState = node.left === null ? 'unknown' : (node.served ?? 'same');
  return {
    id: `node_${fakeHash(`${spec.name}${index}`).slice(0, 12)}`,
    endpointId,
    endpointName: spec.name,
    key: `${spec.name}:${index}`,
    name: name === '_' ? 'default server' : name,
    alias: node.alias ?? null,
    protocol: node.left === null ? 'http' : 'https',
    bindings: node.at.map((at, order) => binding(at, order === 0 && index === 0)),
    serverNames: node.names,
    certificatePath: certificate === null ? null : `${directory}/fullchain.pem`,
    keyPath: certificate === null ? null : `${directory}/key.pem`,
    webRoot: spec.type === 'nginx' ? `/var/www/${name.split('.')[0]}` : null,
    certificate,
    notInstallable:
      node.notInstallable ?? (node.left === null ? 'This server block does not listen with TLS.' : null),
    place:
      spec.type === 'nginx'
        ? `/etc/nginx/sites-enabled/${spec.name}:${3 + index * 22}`
        : `/etc/ssl/${spec.name}/fullchain.pem`,
    orderNumber: node.order ?? null,
    served: {
      state: served,
      fingerprint: certificate?.fingerprint ?? null,
      sentence: servedSentences[served],
      at: now - 17 * minute,
    },
    missingSince: node.gone ? now - 4 * day : null,
    discoveredAt: now - 95 * minute,
  };
}

const servedSentences: Record<ServedState, string> = {
  same: 'Every address shows the expected certificate and full chain.',
  previous: '10.20.4.12:443 still serves the certificate that was replaced; nginx was not reloaded since.',
  other:
    '198.51.100.72:443 serves a certificate of another node: its own name is answered by the default server.',
  unreachable: '10.20.1.3:636 did not answer within 5 seconds.',
  unknown: 'It has not been verified yet.',
};

function binding(at: string, isDefault: boolean) {
  const colon = at.lastIndexOf(':');
  return {
    address: at.slice(0, colon).replace(/[[\]]/g, ''),
    port: Number(at.slice(colon + 1)),
    configured: at,
    isDefault,
  };
}

function certificateOf(world: World, node: NodeSpec): Certificate {
  const issuer = node.issuer ?? 'local';
  const seed = `${node.names.join()}${issuer}${node.left}`;
  const notAfter = world.now + (node.left ?? 0) * day + 3 * hour;
  const certificate: Certificate = {
    fingerprint: fakeHash(seed),
    keyFingerprint: fakeHash(`${seed}key`),
    serial: fakeHash(`${seed}serial`).slice(0, 32).toUpperCase(),
    subject: `CN=${node.names[0]}`,
    issuer: issuers[issuer],
    names: node.names.filter((name) => !name.startsWith('~') && name !== '_'),
    notBefore: notAfter - (issuer === 'corp' ? 365 : 90) * day,
    notAfter,
    keyType: issuer === 'corp' ? 'rsa-2048' : 'ec-p256',
    selfSigned: false,
    orderNumber: node.order ?? null,
    chainPem: node.order === undefined ? '' : fakePem,
    firstSeenAt: notAfter - 80 * day,
  };
  if (!world.certificates.some((one) => one.fingerprint === certificate.fingerprint))
    world.certificates.push(certificate);
  return certificate;
}

export const fakePem = `-----BEGIN CERTIFICATE-----
MIIBszCCAVmgAwIBAgIUDemoDemoDemoDemoDemoDemoDemowCgYIKoZIzj0EAwIw
HzEdMBsGA1UEAwwUVHJ1c3RrZWVwIGxvY2FsIHJvb3QwHhcNMjUwMTAxMDAwMDAw
-----END CERTIFICATE-----
`;
