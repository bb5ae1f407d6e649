import type { Credential, CredentialStore, StoreReport } from '#shared/model/credential-store.ts';
import type { ProxyState, ProxyTrip } from '#shared/model/proxy.ts';
import { makeCredential } from './fake-stores.ts';
import { day, hour, minute } from './world.ts';

const overHttp = { trustedRootsPem: null, verify: null };

/** A credential store of each kind: one that works, one that stops on the way, one nobody tested. */
export function richStores(now: number): CredentialStore[] {
  const at = { createdAt: now - 30 * day, updatedAt: now - 3 * day };
  return [
    {
      ...at,
      id: 'cs_default',
      name: 'trustkeep-store',
      kind: 'local',
      settings: { kind: 'local' },
      report: null,
    },
    {
      ...at,
      id: 'cs_vault',
      name: 'vault1',
      kind: 'hashicorp',
      settings: {
        kind: 'hashicorp',
        vaultUrl: 'https://vault.nordhafen.internal:8200',
        auth: { type: 'AppRoleSecret', roleId: '5b3f9a1e-0c7d-4c2a-9d41-7f6f1f1c2b10', wrapped: true },
        rootPath: 'secret/servers',
        namespace: 'ops/linux',
        authMount: 'approle',
        trustedRootsPem: '-----BEGIN CERTIFICATE-----',
        verify: 'shop/web-1',
      },
      report: works(now - 25 * minute),
    },
    {
      ...at,
      id: 'cs_ccp',
      name: 'cyberark-dmz',
      kind: 'cyberark',
      settings: {
        kind: 'cyberark',
        ccpUrl: 'https://ccp.nordhafen.internal',
        appId: 'Trustkeep',
        hasCertificate: true,
        reason: null,
        ...overHttp,
        verify: 'Safe=Linux;Object=edge-fra-root',
      },
      report: {
        ok: false,
        at: now - 2 * hour,
        checks: [
          { name: 'resolve', ok: true, sentence: 'ccp.nordhafen.internal is 10.20.3.40.' },
          { name: 'connect', ok: true, sentence: 'Port 443 answers.' },
          {
            name: 'tls',
            ok: false,
            sentence:
              'The certificate of ccp.nordhafen.internal is signed by "CN=Nordhafen Issuing CA 2", which this computer does not trust. Give its root as "Trusted roots".',
          },
        ],
      },
    },
    {
      ...at,
      id: 'cs_delinea',
      name: 'secret-server',
      kind: 'delinea-secret-server',
      settings: {
        kind: 'delinea-secret-server',
        url: 'https://secrets.nordhafen.internal/SecretServer',
        username: 'svc-trustkeep',
        domain: 'NORDHAFEN',
        comment: null,
        ...overHttp,
      },
      report: null,
    },
  ];
}

function works(at: number): StoreReport {
  return {
    ok: true,
    at,
    checks: [
      { name: 'resolve', ok: true, sentence: 'vault.nordhafen.internal is 10.20.3.21.' },
      { name: 'connect', ok: true, sentence: 'Port 8200 answers in 2 ms.' },
      { name: 'tls', ok: true, sentence: 'The certificate is trusted and valid for 71 more days.' },
      {
        name: 'log-in',
        ok: true,
        sentence: 'Logged in with AppRole; the token lives 1 hour and can be renewed.',
      },
      { name: 'read', ok: true, sentence: 'secret/servers/shop/web-1 was read: user name and password.' },
    ],
  };
}

export function richCredentials(now: number): Credential[] {
  const one = (id: string, holds: Parameters<typeof makeCredential>[3], days: number) =>
    makeCredential('cs_default', id, now - days * day, holds);
  return [
    one('grafana-deploy', { username: 'deploy', key: true }, 20),
    one('intranet-root', { username: 'root', password: true }, 11),
    one('print-server', { username: 'svc.print', password: true, key: true, passphrase: true }, 4),
    one('shop key@nordhafen', { username: null, key: true }, 2),
  ];
}

export function manyCredentials(now: number, number: number): Credential[] {
  return Array.from({ length: number }, (_, index) =>
    makeCredential('cs_default', `host-${String(index).padStart(6, '0')}`, now - day, {
      username: 'deploy',
      password: index % 3 !== 0,
      key: index % 3 === 0,
    }),
  );
}

export const richProxy: ProxyState = {
  route: {
    mode: 'manual',
    host: 'proxy.nordhafen.internal',
    port: 3128,
    user: 'svc-trustkeep',
    domain: 'NORDHAFEN',
  },
  bypass: ['*.nordhafen.internal', '10.0.0.0/8'],
  hasPassword: true,
  revertsAt: null,
};

export const richTrips: ProxyTrip[] = [
  {
    url: 'https://acme-v02.api.letsencrypt.org/directory',
    neededBy: "authority Let's Encrypt",
    ok: true,
    way: 'proxy proxy.nordhafen.internal:3128',
    steps: [
      { name: 'route', ok: true, sentence: 'The proxy proxy.nordhafen.internal:3128, as set.' },
      { name: 'proxy', ok: true, sentence: 'proxy.nordhafen.internal:3128 answers (10.20.0.8).' },
      {
        name: 'authentication',
        ok: true,
        sentence:
          'The proxy offered Negotiate, NTLM and Basic; NTLM as NORDHAFEN\\svc-trustkeep was accepted.',
      },
      { name: 'tunnel', ok: true, sentence: 'CONNECT was answered with 200.' },
      {
        name: 'tls',
        ok: true,
        sentence: 'TLS 1.3 with acme-v02.api.letsencrypt.org; the certificate is trusted.',
      },
      { name: 'answer', ok: true, sentence: 'The directory answered in 212 ms.' },
    ],
    certificate: {
      subject: 'CN=acme-v02.api.letsencrypt.org',
      issuer: "CN=R11,O=Let's Encrypt,C=US",
      trusted: true,
    },
    interceptedBy: null,
  },
  {
    url: 'https://acme.sectigo.com/v2/OV',
    neededBy: 'authority Sectigo',
    ok: false,
    way: 'proxy proxy.nordhafen.internal:3128',
    steps: [
      { name: 'route', ok: true, sentence: 'The proxy proxy.nordhafen.internal:3128, as set.' },
      { name: 'proxy', ok: true, sentence: 'proxy.nordhafen.internal:3128 answers (10.20.0.8).' },
      { name: 'authentication', ok: true, sentence: 'NTLM as NORDHAFEN\\svc-trustkeep was accepted.' },
      { name: 'tunnel', ok: true, sentence: 'CONNECT was answered with 200.' },
      {
        name: 'tls',
        ok: false,
        sentence:
          'The certificate shown for acme.sectigo.com was issued by "CN=Nordhafen Web Inspection", which this computer does not trust.',
      },
    ],
    certificate: {
      subject: 'CN=acme.sectigo.com',
      issuer: 'CN=Nordhafen Web Inspection,O=Nordhafen AG,C=DE',
      trusted: false,
    },
    interceptedBy: 'CN=Nordhafen Web Inspection,O=Nordhafen AG,C=DE',
  },
  {
    url: 'https://vault.nordhafen.internal:8200',
    neededBy: 'credential store vault1',
    ok: true,
    way: 'direct',
    steps: [
      {
        name: 'route',
        ok: true,
        sentence: 'Directly: *.nordhafen.internal is on the list of destinations reached directly.',
      },
      { name: 'tls', ok: true, sentence: 'TLS 1.3; the certificate is trusted.' },
      { name: 'answer', ok: true, sentence: 'The vault answered in 4 ms.' },
    ],
    certificate: {
      subject: 'CN=vault.nordhafen.internal',
      issuer: 'CN=Nordhafen Issuing CA 2,O=Nordhafen AG,C=DE',
      trusted: true,
    },
    interceptedBy: null,
  },
];
