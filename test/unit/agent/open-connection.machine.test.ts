import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { Failure } from '#shared/failure.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { CredentialReader, ReadCredential } from '../../../electron/agent/credentials.ts';
import { probeDraft, reportOfNoConnection } from '../../../electron/agent/endpoints/probe.ts';
import { isNotFetched } from '../../../electron/agent/logins.ts';
import { type OpenConnectionParts, openStored } from '../../../electron/agent/open-connection.ts';
import type { LoginMaterial } from '../../../electron/providers/connections/connection.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { makeDatabase, now, type TestDatabase } from '../../make/database.ts';
import { logInto } from '../../make/log-lines.ts';
import { passwordDoor, type Try } from '../../make/password-door.ts';
import { anEndpoint, anSshConnection, aStore } from '../../make/rows.ts';

type Given = Partial<Omit<ReadCredential, 'password'>> & { password: string };

let fixture: TestDatabase;
let endpoint: Endpoint;
let lines: string[];
let tries: Try[];
let slept: number[];
/** What the vault gives, read by read; the last one for ever. */
let gives: (Given | Failure)[];
let reads: boolean[];
/** The one password that gets in; null: none. */
let right: string | null;
let materials: LoginMaterial[];
let parts: OpenConnectionParts;

beforeEach(() => {
  fixture = makeDatabase();
  const vault = aStore({ id: 'cs_1', name: 'vault1' });
  fixture.database.credentialStores.insert(vault);
  endpoint = anEndpoint({
    connection: anSshConnection({
      auth: 'credential-store',
      user: '',
      store: vault.id,
      storeCredentialId: 'web-admin',
    }),
  });
  fixture.database.endpoints.insert(endpoint);
  [lines, tries, slept, gives, reads, materials] = [[], [], [], [{ password: 'Pw-right' }], [], []];
  right = 'Pw-right';
  parts = {
    database: fixture.database,
    credentials: vaultReader(),
    clock: { ...systemClock, now: () => now, sleep: async (ms) => void slept.push(ms) },
    log: logInto(lines),
    openEndpoint: passwordDoor(
      () => right,
      (one, login) => {
        tries.push(one);
        materials.push(login);
      },
    ),
  };
});
afterEach(() => fixture.remove());

function vaultReader(): CredentialReader {
  return {
    async read(_store, _id, options) {
      reads.push(options?.fresh === true);
      const given = gives[Math.min(reads.length, gives.length) - 1];
      if (given instanceof Failure || given === undefined) throw given;
      return {
        ...{ username: 'admin', domain: null, privateKey: null, passphrase: null, about: [] },
        ...{ changeInProcess: false, fromMemory: false, ...given },
        password: Secret.of(given.password),
      };
    },
    forget: () => {},
  };
}

const open = () => openStored(parts, endpoint.id);
const wiped = () =>
  materials.every(({ password }) => {
    try {
      return password?.bytes() === undefined;
    } catch {
      return true;
    }
  });

describe('opening an endpoint whose login is in a credential store', () => {
  test('logs in as the user of the credential, says where it came from, and wipes it', async () => {
    await open();
    const source = 'from credential "web-admin" of store "vault1"';
    expect(tries).toEqual([{ user: 'admin', password: 'Pw-right', source, hostKey: null }]);
    expect(wiped()).toBe(true);
    const line = lines.find((one) => one.includes('logging in to web'));
    expect(line).toContain('"credential":"password from credential \\"web-admin\\" of store \\"vault1\\""');
    expect(lines.join()).not.toContain('Pw-right');
  });

  test.each([
    ['a user name given for the endpoint wins', 'deploy', null, 'deploy'],
    ['a domain of the credential goes before its user name', '', 'CORP', 'CORP\\admin'],
  ])('%s', async (_what, user, domain, expected) => {
    const connection = { ...endpoint.connection, user } as Endpoint['connection'];
    fixture.database.endpoints.update({ ...endpoint, connection });
    gives = [{ password: 'Pw-right', domain }];
    await open();
    expect(tries.map((one) => one.user)).toEqual([expected]);
    const stored = fixture.database.endpoints.get(endpoint.id)?.connection;
    expect(stored).toMatchObject({ user, hostKey: 'SHA256:seen' });
  });

  test('without any user name nobody is asked', async () => {
    gives = [{ password: 'Pw-right', username: null }];
    const failure = await open().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'credential.no-user-name', retry: 'needs-person' });
    expect(tries).toEqual([]);
  });

  test('a login that cannot be read keeps its code and its class, and is told as such', async () => {
    gives = [
      new Failure('credential-store.sealed', 'The vault is sealed.', { retry: 'later', hint: 'Unseal it.' }),
    ];
    const failure = await open().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'credential-store.sealed',
      message: 'The login of "web" could not be read: The vault is sealed.',
      hint: 'Unseal it.',
      retry: 'later',
    });
    expect(isNotFetched(failure)).toBe(true);
    expect(reportOfNoConnection(failure, now).checks).toMatchObject([{ name: 'credential', ok: false }]);
    expect(tries).toEqual([]);
  });

  test('a store that is gone is named as what is missing', async () => {
    fixture.database.credentialStores.remove('cs_1');
    await expect(open()).rejects.toMatchObject({ code: 'credential-store.not-found' });
    expect(reads).toEqual([]);
  });
});

describe('a refused login from a credential store', () => {
  test('that came from memory is read afresh and tried again, when it is another one by now', async () => {
    gives = [{ password: 'Pw-old', fromMemory: true }, { password: 'Pw-right' }];
    await open();
    expect(tries.map(({ password }) => password)).toEqual(['Pw-old', 'Pw-right']);
    expect(reads).toEqual([false, true]);
    expect(slept).toEqual([]);
    expect(wiped()).toBe(true);
  });

  test('that came from memory and is still the same is not tried twice', async () => {
    gives = [{ password: 'Pw-old', fromMemory: true }, { password: 'Pw-old' }];
    await expect(open()).rejects.toMatchObject({ code: 'ssh.login-refused' });
    expect(tries).toHaveLength(1);
    expect(wiped()).toBe(true);
  });

  test('that was just read is not tried twice', async () => {
    gives = [{ password: 'Pw-old' }];
    await expect(open()).rejects.toMatchObject({ code: 'ssh.login-refused' });
    expect([tries.length, reads.length]).toEqual([1, 1]);
  });

  test('that is being changed is read again after a moment, once', async () => {
    gives = [{ password: 'Pw-old', changeInProcess: true }, { password: 'Pw-right' }];
    await open();
    expect(tries.map(({ password }) => password)).toEqual(['Pw-old', 'Pw-right']);
    expect(slept).toEqual([3000]);
    expect(reads).toEqual([false, true]);
  });

  test('that came from memory and turns out to be in change is waited for', async () => {
    gives = [
      { password: 'Pw-old', fromMemory: true },
      { password: 'Pw-old', changeInProcess: true },
      { password: 'Pw-right' },
    ];
    await open();
    expect(tries.map(({ password }) => password)).toEqual(['Pw-old', 'Pw-right']);
    expect(slept).toEqual([3000]);
  });

  test.each([
    ['in change', { changeInProcess: true }],
    ['from memory', { fromMemory: true }],
  ])('is never tried a third time (%s)', async (_what, how) => {
    right = null;
    let turn = 0;
    gives = Array.from({ length: 10 }, () => ({ password: `Pw-${turn++}`, ...how }));
    await expect(open()).rejects.toMatchObject({ code: 'ssh.login-refused' });
    expect(tries).toHaveLength(2);
    expect(wiped()).toBe(true);
  });

  test('meets the same host: its key, once pinned, must be shown again', async () => {
    gives = [{ password: 'Pw-old', fromMemory: true }, { password: 'Pw-right' }];
    await open();
    expect(tries.map(({ hostKey }) => hostKey)).toEqual([null, 'SHA256:seen']);
    const pins = fixture.database.audit.list(undefined, 10);
    expect(pins.filter(({ action }) => action === 'endpoint.host-key-pinned')).toHaveLength(1);
  });

  test('is what a person hears of when the second reading fails', async () => {
    gives = [
      { password: 'Pw-old', fromMemory: true },
      new Failure('net.timeout', 'The vault did not answer.', { retry: 'later' }),
    ];
    await expect(open()).rejects.toMatchObject({ code: 'ssh.login-refused' });
    expect(tries).toHaveLength(1);
    expect(lines.join()).toContain('could not be read again');
  });
});

describe('a login of the endpoint’s own', () => {
  test('is unsealed for the moment, named by where it is kept, and tried once', async () => {
    const connection = anSshConnection({ auth: 'password' });
    fixture.database.endpoints.update({ ...endpoint, connection });
    fixture.database.secrets.put(endpoint.id, 'password', Secret.of('Pw-wrong'));
    await expect(open()).rejects.toThrow('kept for this endpoint');
    expect(tries).toHaveLength(1);
    expect(reads).toEqual([]);
    expect(wiped()).toBe(true);
  });

  test('of a draft stays with whoever gave it; a draft with a store reads from there', async () => {
    const own = anEndpoint({ connection: anSshConnection() });
    const material = { password: Secret.of('Pw-wrong'), source: 'given for this endpoint' };
    await expect(probeDraft(parts, own, { login: material })).rejects.toThrow('given for this endpoint');
    expect(material.password.text()).toBe('Pw-wrong');
    gives = [new Failure('credential.not-found', 'There is no such credential.')];
    await expect(probeDraft(parts, endpoint, { login: {} })).rejects.toMatchObject({
      code: 'credential.not-found',
    });
  });
});
