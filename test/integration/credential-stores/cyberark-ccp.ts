import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog } from '#kit/log.ts';
import type { CyberarkSettings } from '#shared/catalog/credential-stores/cyberark.ts';
import { Failure } from '#shared/failure.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { CyberarkStore } from '../../../electron/providers/credential-stores/cyberark/cyberark.ts';
import type { Secret } from '../../../electron/secrets/secret.ts';
import { tempDirectory } from '../../make/directory.ts';
import { memoryStoreState } from '../../make/store-state.ts';
import { have } from '../../servers/available.ts';
import { type CcpOptions, type CcpStrict, startCcpStrict } from '../../servers/ccp-strict.ts';
import { makeTlsMaterial, type TlsMaterial } from '../../servers/tls-material.ts';

const lines: string[] = [];
const log = makeLog(
  (line) => lines.push(line),
  'debug',
  () => systemClock.now(),
);
const http = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log });

export const content = 'S3cr3t-of-root!';
export const sshKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nS3cr3t\nkey\n-----END OPENSSH PRIVATE KEY-----\n';
const usual = (): CcpOptions => ({
  applications: { Trustkeep: { safes: ['Web', 'My Safe'] } },
  accounts: [
    {
      Safe: 'Web',
      Folder: 'Root',
      Name: 'root-web1',
      UserName: 'root',
      Address: '10.0.0.1',
      Content: content,
    },
    {
      Safe: 'Web',
      Folder: 'Root',
      Name: 'root-web2',
      UserName: 'root',
      Address: '10.0.0.2',
      Content: content,
    },
    { Safe: 'My Safe', Folder: 'Root', Name: 'ssh ö', UserName: 'deploy', Content: sshKey },
    { Safe: 'Web', Folder: 'Root', Name: 'dom', UserName: 'svc', LogonDomain: 'CORP', Content: content },
    { Safe: 'Web', Folder: 'Root', Name: 'empty', UserName: 'svc', Content: '' },
    { Safe: 'Locked', Folder: 'Root', Name: 'other', UserName: 'svc', Content: content },
    {
      Safe: 'Web',
      Folder: 'Root',
      Name: 'busy',
      UserName: 'svc',
      Content: content,
      PasswordChangeInProcess: 'True',
    },
  ],
});

export let ccp: CcpStrict;
let tls: TlsMaterial | undefined;
const directory = tempDirectory('cyberark');

export async function start(options: Partial<CcpOptions> = {}): Promise<void> {
  ccp = await startCcpStrict({ ...usual(), tls, ...options });
}

export function store(
  changes: Partial<CyberarkSettings> = {},
  kept: Record<string, string> = {},
  secret?: (name: string) => Secret | null,
) {
  const settings: CyberarkSettings = {
    ...{ kind: 'cyberark', ccpUrl: ccp.url, appId: 'Trustkeep', hasCertificate: false, reason: null },
    ...{ trustedRootsPem: ccp.caPem, verify: null, ...changes },
  };
  const state = { ...memoryStoreState(kept), ...(secret === undefined ? {} : { secret }) };
  return new CyberarkStore({ id: 'cs_1', settings, state, http, clock: systemClock, log });
}

export async function failure(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof Failure)) throw new Error(`no Failure: ${String(thrown)}`, { cause: thrown });
  expect(JSON.stringify(thrown.toData())).not.toContain('S3cr3t');
  return thrown;
}

/** Every test starts with no Central Credential Provider; the one it starts is stopped after it, when it met nothing odd. */
export function prepareCcp(): void {
  afterAll(() => http.close());
  beforeAll(async () => {
    if (have('openssl')) tls = await makeTlsMaterial(directory.path);
  });
  afterAll(() => directory.remove());
  beforeEach(async () => {
    lines.length = 0;
  });
  afterEach(async () => {
    const { incidents } = ccp;
    await ccp.stop();
    expect(incidents).toEqual([]);
    expect(lines.join('\n')).not.toContain('S3cr3t');
  });
}
