import type { CredentialStore } from '#shared/model/credential-store.ts';
import { stopped, works } from './store-reports.ts';
import { day, hour, minute } from './world.ts';

const overHttp = { trustedRootsPem: null, verify: null };

/** A credential store of each kind: one that works, one that stops on the way, one nobody tested. */
export function richStores(now: number): CredentialStore[] {
  const at = { createdAt: now - 30 * day, updatedAt: now - 3 * day };
  return [local, vault(now), ccp(now), secretServer].map((one) => ({ ...at, ...one }));
}

type Own = Omit<CredentialStore, 'createdAt' | 'updatedAt'>;

const local: Own = {
  id: 'cs_default',
  name: 'trustkeep-store',
  kind: 'local',
  settings: { kind: 'local' },
  report: null,
};

const vault = (now: number): Own => ({
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
});

const ccp = (now: number): Own => ({
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
  report: stopped(now - 2 * hour),
});

const secretServer: Own = {
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
};
