import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { makeLog } from '#kit/log.ts';
import type { CyberarkSettings } from '#shared/catalog/credential-stores/cyberark.ts';
import { Failure } from '#shared/failure.ts';
import { makeHttp } from '../../../electron/net/http.ts';
import { readPfx } from '../../../electron/pki/read-pfx.ts';
import { storeSecrets } from '../../../electron/providers/credential-stores/credential-store.ts';
import { CyberarkStore } from '../../../electron/providers/credential-stores/cyberark/cyberark.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { makeCa } from '../../make/certificates.ts';
import { tempDirectory } from '../../make/directory.ts';
import { memoryStoreKeep } from '../../make/store-keep.ts';
import { have } from '../../servers/available.ts';
import {
  type CannedAnswer,
  type CcpOptions,
  type CcpStrict,
  startCcpStrict,
} from '../../servers/ccp-strict.ts';
import { type ClientCa, makeClientCa } from '../../servers/client-certificates.ts';
import { makeTlsMaterial, type TlsMaterial } from '../../servers/tls-material.ts';

const lines: string[] = [];
const log = makeLog(
  (line) => lines.push(line),
  'debug',
  () => systemClock.now(),
);
const http = makeHttp({ userAgent: 'Trustkeep/test', clock: systemClock, log });
afterAll(() => http.close());

const content = 'S3cr3t-of-root!';
const sshKey = '-----BEGIN OPENSSH PRIVATE KEY-----\nS3cr3t\nkey\n-----END OPENSSH PRIVATE KEY-----\n';
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

let ccp: CcpStrict;
let tls: TlsMaterial | undefined;
const directory = tempDirectory('cyberark');
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

async function start(options: Partial<CcpOptions> = {}): Promise<void> {
  ccp = await startCcpStrict({ ...usual(), tls, ...options });
}

function store(
  changes: Partial<CyberarkSettings> = {},
  kept: Record<string, string> = {},
  secret?: (name: string) => Secret | null,
) {
  const settings: CyberarkSettings = {
    ...{ kind: 'cyberark', ccpUrl: ccp.url, appId: 'Trustkeep', hasCertificate: false, reason: null },
    ...{ trustedRootsPem: ccp.caPem, verify: null, ...changes },
  };
  const keep = { ...memoryStoreKeep(kept), ...(secret === undefined ? {} : { secret }) };
  return new CyberarkStore({ id: 'cs_1', settings, keep, http, clock: systemClock, log });
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof Failure)) throw new Error(`no Failure: ${String(thrown)}`, { cause: thrown });
  expect(JSON.stringify(thrown.toData())).not.toContain('S3cr3t');
  return thrown;
}

describe.skipIf(!have('openssl'))('reading through a Central Credential Provider', () => {
  test('gives user name and password', async () => {
    await start();
    const found = await store().read('Safe=Web;Object=root-web1');
    expect(found).toMatchObject({ username: 'root', domain: null, changeInProcess: false, privateKey: null });
    expect(found.password?.text()).toBe(content);
    expect(found.about).toContain('account “root-web1” in the safe “Web”');
    expect(ccp.asked).toEqual([{ AppID: 'Trustkeep', Safe: 'Web', Object: 'root-web1' }]);
  });

  test('gives a private key when the content is one, and finds names with spaces and letters of all sorts', async () => {
    await start();
    const found = await store().read('safe=My Safe;object=ssh ö');
    expect(found).toMatchObject({ username: 'deploy', password: null });
    expect(found.privateKey?.text()).toBe(sshKey);
  });

  test('gives the domain, and says that a change is in process', async () => {
    await start();
    expect((await store().read('Safe=Web;Object=dom')).domain).toBe('CORP');
    const busy = await store().read('Safe=Web;Object=busy');
    expect(busy.changeInProcess).toBe(true);
    expect(busy.about).toContain('a password change is in process');
    const refused = await failure(store().read('Safe=Web;Object=busy;FailRequestOnPasswordChange=true'));
    expect(refused).toMatchObject({ code: 'credential.change-in-process', retry: 'later' });
  });

  test('sends the reason of the store, a query as it is, and never the AppID of an id', async () => {
    await start();
    const reading = store({ reason: 'nightly run' });
    await reading.read('AppID=Evil;Safe=Web;Object=root-web1');
    await reading.read('QueryFormat=Regexp;Reason=mine;Query=Safe=We.;Object=root-web1');
    expect(ccp.asked).toEqual([
      { AppID: 'Trustkeep', Safe: 'Web', Object: 'root-web1', Reason: 'nightly run' },
      { AppID: 'Trustkeep', Query: 'Safe=We.;Object=root-web1', QueryFormat: 'Regexp', Reason: 'mine' },
    ]);
  });

  test.each([
    ['Safe=Web;Object=nobody', 'credential.not-found', 'APPAP004E'],
    ['Safe=Locked;Object=other', 'credential.not-found', 'APPAP004E'],
    ['Safe=Web;UserName=root', 'credential.ambiguous', 'APPAP229E'],
  ])('“%s” is %s with the words of the CCP', async (id, code, said) => {
    await start();
    const thrown = await failure(store().read(id));
    expect(thrown).toMatchObject({ code, retry: 'needs-person' });
    expect(thrown.message).toContain(new URL(ccp.url).host);
    expect(thrown.peerSaid).toContain(said);
  });

  test('an account without content cannot be used', async () => {
    await start();
    expect((await failure(store().read('Safe=Web;Object=empty'))).code).toBe('credential.unusable');
  });

  test('a bad id is refused before anything is asked', async () => {
    await start();
    expect((await failure(store().read('Web/root'))).code).toBe('credential.bad-id');
    expect(ccp.asked).toEqual([]);
  });

  test('an application that nobody knows is denied', async () => {
    await start();
    const thrown = await failure(store({ appId: 'Stranger' }).read('Safe=Web;Object=root-web1'));
    expect(thrown).toMatchObject({ code: 'credential.denied' });
    expect(thrown.peerSaid).toContain('APPAP008E');
  });

  test('an application ID or a reason that would arrive spoiled is refused before anything is asked', async () => {
    await start();
    for (const changes of [{ appId: 'R&D' }, { reason: '100%' }])
      expect((await failure(store(changes).read('Safe=Web;Object=root-web1'))).code).toBe(
        'credential-store.bad-settings',
      );
    expect(ccp.asked).toEqual([]);
  });

  const json = (ErrorCode: string, ErrorMsg = 'words of the CCP') => ({
    type: 'application/json',
    body: JSON.stringify({ ErrorCode, ErrorMsg }),
  });
  test.each<[CannedAnswer, string, string]>([
    [{ status: 403, ...json('APPAP306E') }, 'credential-store.login-refused', 'needs-person'],
    [{ status: 403, ...json('APPAP133E') }, 'credential.denied', 'needs-person'],
    [{ status: 400, ...json('APPBC007E') }, 'credential-store.unavailable', 'later'],
    [{ status: 400, ...json('APPAP292E') }, 'credential-store.unavailable', 'later'],
    [{ status: 500, ...json('APPAP286E') }, 'credential.change-in-process', 'later'],
    [{ status: 400, ...json('CASVL010E') }, 'credential.bad-id', 'needs-person'],
    [{ status: 404, ...json('APPAP324E') }, 'credential.not-found', 'needs-person'],
    [{ status: 400, ...json('APPAP251E') }, 'credential.ambiguous', 'needs-person'],
    [{ status: 400, ...json('NEW999E') }, 'credential-store.unexpected-answer', 'needs-person'],
    [{ status: 500, ...json('NEW999E') }, 'credential-store.unavailable', 'later'],
    [
      { status: 403, body: '<html><title>403.16</title></html>' },
      'credential-store.login-refused',
      'needs-person',
    ],
    [{ status: 413, body: '' }, 'credential-store.login-refused', 'needs-person'],
    [{ status: 404, body: '<html></html>' }, 'credential-store.unexpected-answer', 'needs-person'],
    [
      { status: 503, body: '<html></html>', headers: { 'retry-after': '30' } },
      'credential-store.unavailable',
      'after',
    ],
    [
      { status: 200, body: '<html><title>Log in</title></html>' },
      'credential-store.unexpected-answer',
      'needs-person',
    ],
    [
      { status: 200, type: 'application/json', body: '[]' },
      'credential-store.unexpected-answer',
      'needs-person',
    ],
    [
      { status: 200, type: 'application/json', body: '{"Content":7}' },
      'credential-store.unexpected-answer',
      'needs-person',
    ],
    [{ status: 302, headers: { location: '/login' } }, 'credential-store.unexpected-answer', 'needs-person'],
  ])('the answer %j is %s', async (canned, code, retry) => {
    await start();
    ccp.canned.push(canned);
    const thrown = await failure(store().read('Safe=Web;Object=root-web1'));
    expect(thrown).toMatchObject({ code, retry });
    if (canned.body?.includes('words of the CCP')) expect(thrown.peerSaid).toContain('words of the CCP');
    expect(thrown.hint).toMatch(/\.$/);
  });

  test('other than AIMWebService is reached by its path', async () => {
    await start({ path: '/CertService/api/Accounts' });
    expect(
      (await store({ ccpUrl: `${ccp.url}/CertService/` }).read('Safe=Web;Object=root-web1')).username,
    ).toBe('root');
    const thrown = await failure(store().read('Safe=Web;Object=root-web1'));
    expect(thrown.hint).toContain('other than AIMWebService');
  });

  test('a server whose CA is not trusted is refused', async () => {
    await start();
    const reading = store({ trustedRootsPem: null });
    expect((await failure(reading.read('Safe=Web;Object=root-web1'))).code).toBe('net.tls-untrusted');
  });

  test('ends when the caller gives up', async () => {
    await start();
    const reason = new Error('given up');
    await expect(store().read('Safe=Web', AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe.skipIf(!have('openssl'))('an application proved by a client certificate', () => {
  let clients: ClientCa;
  let kept: Record<string, string>;
  let serial: string;
  beforeAll(async () => {
    clients = await makeClientCa();
    const made = await clients.pfx('agent', 'pfx password', '-legacy');
    const read = readPfx(await readFile(made.file), Secret.of('pfx password'));
    serial = made.serial;
    kept = {
      [storeSecrets.clientCertificate]: read.certificatePem,
      [storeSecrets.clientKey]: read.keyPem.text(),
    };
  });
  afterAll(() => clients.remove());

  const demanding = (): Partial<CcpOptions> => ({
    clientCertificates: 'demand',
    clientCaPem: clients.caPem,
    applications: { Trustkeep: { safes: ['Web'], certificateSerial: serial } },
  });

  test('out of an old RC2 file is let in', async () => {
    await start(demanding());
    const reading = store({ hasCertificate: true }, kept);
    expect((await reading.read('Safe=Web;Object=root-web1')).password?.text()).toBe(content);
    const report = await reading.verify();
    expect(report.checks.map(({ name, ok }) => [name, ok])).toContainEqual(['log-in', true]);
    expect(report.ok).toBe(true);
    expect((await reading.read('Safe=Web;Object=root-web2')).username).toBe('root'); // the key was not used up
  });

  test('leaves no copy of its key behind, whether it is read or verified', async () => {
    await start(demanding());
    const keep = memoryStoreKeep(kept);
    const given: Secret[] = [];
    const reading = store({ hasCertificate: true }, kept, (name) => {
      const secret = keep.secret(name);
      if (secret !== null && name === storeSecrets.clientKey) given.push(secret);
      return secret;
    });
    await reading.read('Safe=Web;Object=root-web1');
    await reading.verify();
    expect(given).toHaveLength(3);
    for (const secret of given) expect(() => secret.bytes()).toThrow('wiped');
  });

  test('is refused without it, with the advice to give one', async () => {
    await start(demanding());
    const thrown = await failure(store().read('Safe=Web;Object=root-web1'));
    expect(thrown.code).toBe('credential-store.login-refused');
    expect(thrown.hint).toContain('authcert');
  });

  test('is refused with one of another CA, with the advice to look at IIS', async () => {
    await start({ ...demanding(), clientCaPem: makeCa().certPem });
    const thrown = await failure(store({ hasCertificate: true }, kept).read('Safe=Web;Object=root-web1'));
    expect(thrown.code).toBe('credential-store.login-refused');
    expect(thrown.hint).toContain('IIS does not trust');
  });

  test('is refused by the CCP when its serial number is another', async () => {
    const applications = { Trustkeep: { safes: ['Web'], certificateSerial: '00' } };
    await start({ ...demanding(), applications });
    const thrown = await failure(store({ hasCertificate: true }, kept).read('Safe=Web;Object=root-web1'));
    expect(thrown.code).toBe('credential-store.login-refused');
    expect(thrown.peerSaid).toContain('APPAP306E');
    expect(thrown.hint).toContain('serial number');
  });

  test('is missed when it is no longer kept', async () => {
    await start(demanding());
    const reading = store({ hasCertificate: true });
    expect((await failure(reading.read('Safe=Web;Object=root-web1'))).code).toBe(
      'credential-store.no-certificate',
    );
    const report = await reading.verify();
    expect(report.ok).toBe(false);
    expect(report.checks.at(-1)?.sentence).toContain('not kept here');
  });
});

describe.skipIf(!have('openssl'))('verifying', () => {
  const checks = async (changes: Partial<CyberarkSettings>) => {
    const report = await store(changes).verify();
    expect(report.ok).toBe(report.checks.every(({ ok }) => ok));
    expect(JSON.stringify(report)).not.toContain('S3cr3t');
    return report.checks;
  };

  test('goes step by step and ends with the read', async () => {
    await start();
    const found = await checks({ verify: 'Safe=Web;Object=root-web1' });
    expect(found.map(({ name }) => name)).toEqual(['resolve', 'connect', 'tls', 'log-in', 'read']);
    expect(found.at(-2)?.sentence).toBe(
      'The CCP answers. It checks the application Trustkeep with each read.',
    );
    expect(found.at(-1)?.sentence).toContain('a password for root');
  });

  test('says that an application is not known at the log-in', async () => {
    await start();
    const last = (await checks({ appId: 'Stranger' })).at(-1);
    expect(last).toMatchObject({ name: 'log-in', ok: false });
    expect(last?.sentence).toContain('APPAP008E');
  });

  test('says that something else answers', async () => {
    await start({ path: '/elsewhere' });
    expect((await checks({})).at(-1)).toMatchObject({ name: 'log-in', ok: false });
  });

  test('says which read failed', async () => {
    await start();
    expect((await checks({ verify: 'Safe=Web;Object=nobody' })).at(-1)).toMatchObject({
      name: 'read',
      ok: false,
    });
  });
});
