import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog } from '#kit/log.ts';
import type { DelineaSettings } from '#shared/catalog/credential-stores/delinea-secret-server.ts';
import { Failure } from '#shared/failure.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { storeSecrets } from '../../../electron/providers/credential-stores/credential-store.ts';
import { DelineaStore } from '../../../electron/providers/credential-stores/delinea-secret-server/delinea-secret-server.ts';
import { JumpingClock } from '../../make/clock.ts';
import { memoryStoreState } from '../../make/store-state.ts';
import { have } from '../../servers/available.ts';
import type {
  SecretServerOptions,
  SecretServerStrict,
  StrictSecret,
} from '../../servers/secret-server-script.ts';
import { startSecretServerStrict } from '../../servers/secret-server-strict.ts';
import { makeTlsMaterial, type TlsMaterial } from '../../servers/tls-material.ts';

const lines: string[] = [];
export const log = makeLog(
  (line) => lines.push(line),
  'debug',
  () => systemClock.now(),
);
export const http = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log });

export const login = 'l0gin S3cr3t +&=%ö';
export const value = 'S3cr3t of root';
export const key = '-----BEGIN RSA PRIVATE KEY-----\nS3cr3t\n-----END RSA PRIVATE KEY-----\n';
export const plain = (id: number, more: Partial<StrictSecret> = {}): StrictSecret => ({
  id,
  path: `\\Servers\\web ${id}`,
  items: [
    { slug: 'machine', value: 'web1' },
    { slug: 'username', value: 'root' },
    { slug: 'password', value, isPassword: true },
    { slug: 'notes', value: '' },
  ],
  ...more,
});
export const secrets = (): StrictSecret[] => [
  plain(12),
  plain(13, {
    template: 'Active Directory Account',
    items: [
      { slug: 'domain', value: 'CORP' },
      { slug: 'username', value: 'svc' },
      { slug: 'password', value, isPassword: true },
    ],
    heartBeat: 'Failed',
  }),
  plain(14, {
    items: [
      { slug: 'username', value: 'deploy' },
      { slug: 'password', value: '', isPassword: true },
      { slug: 'public-key', value: 'ssh-rsa AAAA', isFile: true },
      { slug: 'private-key', value: key, isFile: true },
      { slug: 'private-key-passphrase', value: 'S3cr3t phrase', isPassword: true },
    ],
  }),
  plain(15, {
    items: [
      { slug: 'user', value: 'u' },
      { slug: 'secret-word', value, isPassword: true },
    ],
  }),
  plain(16, { items: [{ slug: 'url', value: 'https://x' }] }),
  plain(17, { active: false }),
  plain(18, { viewers: ['somebody'] }),
];

let tls: TlsMaterial;
let directory: string;

export let server: SecretServerStrict;
export let clock: JumpingClock;

export async function start(options: Partial<SecretServerOptions> = {}): Promise<void> {
  const users = { agent: { password: login }, corp: { password: login, domain: 'CORP' } };
  server = await startSecretServerStrict({
    users,
    secrets: secrets(),
    tls,
    now: () => clock.now(),
    ...options,
  });
}

export function settingsOf(changes: Partial<DelineaSettings> = {}): DelineaSettings {
  return {
    ...{ kind: 'delinea-secret-server', url: server.url, username: 'agent', domain: null, comment: null },
    ...{ trustedRootsPem: server.caPem, verify: null, ...changes },
  };
}

export function store(
  changes: Partial<DelineaSettings> = {},
  state = memoryStoreState({ [storeSecrets.password]: login }),
) {
  return new DelineaStore({ id: 'cs_1', settings: settingsOf(changes), state, http, clock, log });
}

export async function failure(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof Failure)) throw new Error(`no Failure: ${String(thrown)}`, { cause: thrown });
  expect(JSON.stringify(thrown.toData())).not.toContain('S3cr3t');
  expect(thrown.hint).toMatch(/\.$/);
  return thrown;
}

/** Every test starts with no Secret Server; the one it starts is stopped after it, when it met nothing odd. */
export function prepareServer(): void {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trustkeep-delinea-'));
    if (have('openssl')) tls = await makeTlsMaterial(directory);
  });
  afterAll(async () => {
    await http.close();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    lines.length = 0;
    clock = new JumpingClock();
  });
  afterEach(async () => {
    const { incidents } = server;
    await server.stop();
    expect(incidents).toEqual([]);
    for (const hidden of ['S3cr3t', 'Bearer']) expect(lines.join('\n')).not.toContain(hidden);
  });
}
