import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { CredentialStoreKind, CredentialStoreSettings } from '#shared/model/credential-store.ts';
import { credentialRows } from '../../electron/agent/store-keep.ts';
import { type Http, makeHttp } from '../../electron/net/http.ts';
import {
  type CredentialStore,
  type StoreKeep,
  storeSecrets,
} from '../../electron/providers/credential-stores/credential-store.ts';
import { CredentialStoreRegistry } from '../../electron/providers/credential-stores/registry.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { startCcpStrict } from '../servers/ccp-strict.ts';
import { freePort } from '../servers/free-port.ts';
import { startSecretServerStrict } from '../servers/secret-server-strict.ts';
import { startTcpProxy, type TcpProxy } from '../servers/tcp-proxy.ts';
import { makeTlsMaterial } from '../servers/tls-material.ts';
import { fixtureOverApi } from '../servers/vault-fixture.ts';
import { startVault } from '../servers/vault-strict.ts';
import { aCredential, aStore } from './rows.ts';
import { makeStore } from './store.ts';
import { memoryStoreKeep } from './store-keep.ts';

/** How an adapter of the suite differs from one that works. */
export interface StoreWish {
  /** Another login than the right one. */
  wrongLogin?: boolean;
  /** Without the CA of the server. */
  untrusted?: boolean;
  /** An address where nobody listens. */
  unreachable?: boolean;
  /** Id that `verify` reads; the one that is there unless said. */
  verify?: string | null;
}

/** One kind of store with a peer behind it that holds two credentials. */
export interface StorePeer {
  /** An adapter over the keep of this peer, made as the registry makes it. */
  make(wish?: StoreWish): CredentialStore;
  keep: ReturnType<typeof memoryStoreKeep>;
  /** Ids: of a user name with a password, of a private key with a passphrase (null: the kind has none), of nothing, of what cannot be one. */
  ids: { password: string; key: string | null; unknown: string; bad: string };
  /** Code of what an id ends with where nothing is: a store may hide whether anything is there. */
  missing: 'credential.not-found' | 'credential.denied';
  /** Codes of what a wrong login ends with. */
  refused: RegExp;
  /** What `verify` looks at, in order. */
  steps: string[];
  /** Null: it is on this machine. */
  way: TcpProxy | null;
  /** Things that no careful client does. */
  incidents(): string[];
  stop(): Promise<void>;
}

/** Marked, so that they are found wherever they do not belong. */
export const planted = {
  username: 'deploy',
  password: 'Pw-marked-4471 "ö',
  privateKey:
    '-----BEGIN OPENSSH PRIVATE KEY-----\nS2V5LW1hcmtlZC00NDcx\n-----END OPENSSH PRIVATE KEY-----\n',
  passphrase: 'Phrase-marked-4471',
  login: 'Login-marked-4471',
} as const;

const overHttp = ['resolve', 'connect', 'tls', 'log-in', 'read'];

export const storeKinds: Record<CredentialStoreKind, (log: Log) => Promise<StorePeer>> = {
  local: startLocal,
  hashicorp: startHashicorp,
  cyberark: startCyberark,
  'delinea-secret-server': startDelinea,
};

async function startLocal(log: Log): Promise<StorePeer> {
  const { database, remove } = makeStore();
  const row = aStore({ name: 'own' });
  database.credentialStores.insert(row);
  const sealed = (id: string, parts: Record<string, string>) => {
    const privateKey = { type: 'ssh-ed25519', fingerprint: 'SHA256:x', hasPassphrase: true };
    const credential = aCredential(row.id, id, {
      ...{ username: planted.username, hasPassword: 'password' in parts },
      privateKey: 'private-key' in parts ? privateKey : null,
    });
    database.credentials.insert(credential);
    for (const [name, value] of Object.entries(parts))
      database.secrets.put(credential.rowId, name, Secret.of(value));
  };
  sealed('web', { password: planted.password });
  sealed('key', { 'private-key': planted.privateKey, passphrase: planted.passphrase });
  const locked = () => {
    throw new Failure('keychain.locked', 'The master key is locked.', { hint: 'Unlock it.' });
  };
  const keep = memoryStoreKeep();
  const make = ({ wrongLogin = false }: StoreWish = {}) => {
    const open = credentialRows(database, wrongLogin ? locked : () => {})(row.id);
    const rows = wrongLogin ? { ...open, secret: locked } : open;
    return adapter({ kind: 'local' }, { keep, log, rows, name: 'own' });
  };
  return {
    ...{
      make,
      keep,
      missing: 'credential.not-found',
      refused: /^keychain\.locked$/,
      steps: ['log-in', 'read'],
      way: null,
    },
    ids: { password: 'web', key: 'key', unknown: 'nobody', bad: 'servers/web' },
    incidents: () => [],
    stop: async () => remove(),
  };
}

async function startHashicorp(log: Log): Promise<StorePeer> {
  const vault = await startVault();
  const fixture = fixtureOverApi({
    ...{ url: vault.url, caPem: vault.caPem, token: vault.rootToken, prefix: 'suite' },
  });
  const { username, password, privateKey, passphrase } = planted;
  await fixture.mountKv('kv', 2);
  await fixture.put('kv', 2, 'servers/web', { username, password });
  await fixture.put('kv', 2, 'servers/key', { username, privatekey: privateKey, passphrase });
  const token = await fixture.makeToken({ rules: { 'kv/data/*': ['read'] } });
  return peerOverHttp({
    ...{ log, url: vault.url, caPem: vault.caPem ?? '' },
    keep: memoryStoreKeep({ [storeSecrets.token]: token }),
    wrong: { [storeSecrets.token]: planted.login },
    settings: (url, verify, trustedRootsPem) => ({
      ...{ kind: 'hashicorp', vaultUrl: url, auth: { type: 'Token' }, rootPath: 'kv', namespace: null },
      ...{ authMount: 'approle', trustedRootsPem, verify },
    }),
    ids: { password: 'servers/web', key: 'servers/key', unknown: 'servers/nobody', bad: '../sys/mounts' },
    incidents: () => vault.incidents,
    stop: () => vault.stop(),
  });
}

async function startCyberark(log: Log): Promise<StorePeer> {
  const account = { Safe: 'Web', Folder: 'Root', UserName: planted.username };
  const ccp = await startCcpStrict({
    ...{ clientCertificates: 'ask' },
    applications: { Trustkeep: { safes: ['Web'] }, Certified: { safes: ['Web'], certificateSerial: '1A2B' } },
    accounts: [
      { ...account, Name: 'web', Content: planted.password },
      { ...account, Name: 'key', Content: planted.privateKey },
    ],
  });
  return peerOverHttp({
    ...{ log, url: ccp.url, caPem: ccp.caPem, keep: memoryStoreKeep(), wrong: {} },
    settings: (url, verify, trustedRootsPem, wrongLogin) => ({
      ...{ kind: 'cyberark', ccpUrl: url, appId: wrongLogin ? 'Certified' : 'Trustkeep' },
      ...{ hasCertificate: false, reason: null, trustedRootsPem, verify },
    }),
    ids: {
      ...{ password: 'Safe=Web;Object=web', key: 'Safe=Web;Object=key' },
      ...{ unknown: 'Safe=Web;Object=nobody', bad: 'web' },
    },
    incidents: () => ccp.incidents,
    stop: () => ccp.stop(),
  });
}

async function startDelinea(log: Log): Promise<StorePeer> {
  const directory = await mkdtemp(join(tmpdir(), 'trustkeep-suite-'));
  const user = { slug: 'username', value: planted.username };
  const server = await startSecretServerStrict({
    ...{
      tls: await makeTlsMaterial(directory),
      users: { agent: { password: planted.login } },
      lockAfter: 10,
    },
    secrets: [
      {
        ...{ id: 12, path: '\\Servers\\web' },
        items: [user, { slug: 'password', value: planted.password, isPassword: true }],
      },
      {
        ...{ id: 13, path: '\\Servers\\key' },
        items: [
          user,
          { slug: 'private-key', value: planted.privateKey, isFile: true },
          { slug: 'private-key-passphrase', value: planted.passphrase, isPassword: true },
        ],
      },
    ],
  });
  return peerOverHttp({
    ...{ log, url: server.url, caPem: server.caPem },
    keep: memoryStoreKeep({ [storeSecrets.password]: planted.login }),
    wrong: { [storeSecrets.password]: `${planted.login}-wrong` },
    settings: (url, verify, trustedRootsPem) => ({
      ...{ kind: 'delinea-secret-server', url, username: 'agent', domain: null, comment: null },
      ...{ trustedRootsPem, verify },
    }),
    missing: 'credential.denied',
    ids: { password: '12', key: '13', unknown: '99', bad: 'web; drop' },
    incidents: () => server.incidents,
    async stop() {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  });
}

interface HttpPeer extends Pick<StorePeer, 'keep' | 'ids' | 'incidents' | 'stop'> {
  missing?: StorePeer['missing'];
  log: Log;
  url: string;
  caPem: string;
  /** What is kept for the wrong login. */
  wrong: Record<string, string>;
  settings(
    url: string,
    verify: string | null,
    trustedRootsPem: string | null,
    wrongLogin: boolean,
  ): CredentialStoreSettings;
}

/** Everything goes through a line that can be held and cut. */
async function peerOverHttp(peer: HttpPeer): Promise<StorePeer> {
  const { log, keep, ids, incidents, missing = 'credential.not-found' } = peer;
  const way = await startTcpProxy(Number(new URL(peer.url).port));
  const nobody = await freePort();
  const http = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log });
  const through = (port: number) => peer.url.replace(/:\d+/, `:${port}`);
  return {
    ...{ keep, ids, incidents, way, missing, refused: /^credential-store\.login-refused$/, steps: overHttp },
    make({ wrongLogin = false, untrusted = false, unreachable = false, verify = ids.password } = {}) {
      const url = through(unreachable ? nobody : way.port);
      const settings = peer.settings(url, verify, untrusted ? null : peer.caPem, wrongLogin);
      const kept = wrongLogin ? memoryStoreKeep(peer.wrong) : keep;
      return adapter(settings, { keep: kept, log, http, name: 'vault1' });
    },
    async stop() {
      await http.close();
      await way.stop();
      await peer.stop();
    },
  };
}

function adapter(
  settings: CredentialStoreSettings,
  tools: {
    keep: StoreKeep;
    log: Log;
    name: string;
    http?: Http;
    rows?: ReturnType<ReturnType<typeof credentialRows>>;
    clock?: Clock;
  },
): CredentialStore {
  const { keep, log, http, rows, name, clock = systemClock } = tools;
  const missing = () => {
    throw new Error('this kind needs none');
  };
  const registry = new CredentialStoreRegistry(
    { get: () => null },
    { clock, log, keep: () => keep, http: () => http ?? missing(), local: () => rows ?? missing() },
  );
  return registry.draft(aStore({ name, kind: settings.kind, settings }), keep);
}
