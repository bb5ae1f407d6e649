import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CyberarkSettings } from '#shared/catalog/credential-stores/cyberark.ts';
import { readPfx } from '../../../electron/pki/read-pfx.ts';
import { storeSecrets } from '../../../electron/providers/credential-stores/credential-store.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { makeCa } from '../../make/certificates.ts';
import { memoryStoreState } from '../../make/store-state.ts';
import { have } from '../../servers/available.ts';
import type { CcpOptions } from '../../servers/ccp-strict.ts';
import { type ClientCa, makeClientCa } from '../../servers/client-certificates.ts';
import { content, failure, prepareCcp, start, store } from './cyberark-ccp.ts';

prepareCcp();

describe.skipIf(!have('openssl'))('an application proved by a client certificate', () => {
  let clients: ClientCa;
  let kept: Record<string, string>;
  let serial: string;
  beforeAll(async () => {
    clients = await makeClientCa();
    const made = await clients.pfx('agent', 'pfx password', '-legacy');
    const read = await readPfx(await readFile(made.file), Secret.of('pfx password'));
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
    const state = memoryStoreState(kept);
    const given: Secret[] = [];
    const reading = store({ hasCertificate: true }, kept, (name) => {
      const secret = state.secret(name);
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
