import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { credentialRows } from '../../../../../electron/agent/store-state.ts';
import type { CredentialStore } from '../../../../../electron/providers/credential-stores/credential-store.ts';
import { LocalStore } from '../../../../../electron/providers/credential-stores/local/local.ts';
import { Secret } from '../../../../../electron/secrets/secret.ts';
import { clockAt, makeDatabase, now, type TestDatabase } from '../../../../make/database.ts';
import { aCredential, aStore } from '../../../../make/rows.ts';

const privateKey = { type: 'ssh-ed25519', fingerprint: 'SHA256:x', hasPassphrase: true };
let fixture: TestDatabase;
let local: CredentialStore;
let owners: Record<string, string>;
beforeEach(() => {
  fixture = makeDatabase();
  const { database } = fixture;
  const row = aStore({ name: 'own' });
  database.credentialStores.insert(row);
  owners = {};
  for (const id of ['api', 'key', 'web']) {
    const credential = aCredential(row.id, id, id === 'key' ? { privateKey } : {});
    owners[id] = credential.rowId;
    database.credentials.insert(credential);
    database.secrets.put(credential.rowId, 'password', Secret.of(`Pw of ${id}`));
  }
  database.secrets.put(owners.key ?? '', 'private-key', Secret.of('KEY'));
  database.secrets.put(owners.key ?? '', 'passphrase', Secret.of('phrase'));
  const rows = credentialRows(database, () => {})(row.id);
  local = new LocalStore({ name: 'own', rows, clock: clockAt(now) });
});
afterEach(() => fixture.remove());

describe('a local store whose sealed values were tampered with', () => {
  const where = `FROM secrets WHERE owner = ? AND name = 'password'`;
  const tampered: [string, () => void][] = [
    [
      'cut',
      () =>
        fixture.raw(`UPDATE secrets SET sealed = substr(sealed, 1, 20) WHERE owner = ?`, [owners.web ?? '']),
    ],
    ['emptied', () => fixture.raw(`UPDATE secrets SET sealed = x'' WHERE owner = ?`, [owners.web ?? ''])],
    [
      'moved from another row',
      () =>
        fixture.raw(`UPDATE secrets SET sealed = (SELECT sealed ${where}) WHERE owner = ?`, [
          ...[owners.api ?? '', owners.web ?? ''],
        ]),
    ],
    ['taken away', () => fixture.raw('DELETE FROM secrets WHERE owner = ?', [owners.web ?? ''])],
  ];
  test.each(tampered)('names the one that was %s, and gives all others', async (_what, tamper) => {
    tamper();
    await expect(local.read('web')).rejects.toMatchObject({
      code: 'secret.damaged',
      message: 'The password of credential "web" in credential store "own" is damaged and cannot be opened.',
      hint: 'Enter the password of this credential again. All others can be used.',
    });
    expect((await local.read('api')).password?.text()).toBe('Pw of api');
    expect((await local.read('key')).passphrase?.text()).toBe('phrase');
    const report = await local.verify();
    expect(report.checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['log-in', true],
      ['read', false],
    ]);
    expect(report.checks[1]?.sentence).toContain('The password of credential "web"');
  });

  test('gives nothing of a credential one part of which is damaged', async () => {
    fixture.raw(`UPDATE secrets SET sealed = x'00' WHERE owner = ? AND name = 'passphrase'`, [
      owners.key ?? '',
    ]);
    await expect(local.read('key')).rejects.toThrow('The passphrase of credential "key"');
  });
});

describe('verifying a local store', () => {
  test('counts what is kept in it', async () => {
    const sentence = async () => (await local.verify()).checks.at(-1)?.sentence;
    expect(await sentence()).toBe('3 credentials are kept in it and can be opened.');
    for (const id of ['api', 'key']) fixture.database.credentials.remove(owners[id] ?? '');
    expect(await sentence()).toBe('One credential is kept in it and can be opened.');
    fixture.database.credentials.remove(owners.web ?? '');
    expect(await sentence()).toBe('There is no credential in it yet.');
  });
});
