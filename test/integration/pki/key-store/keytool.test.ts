import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entryOf } from '#test/make/key-stores.ts';
import { readKeyStore } from '../../../../electron/pki/key-store/read-key-store.ts';
import { withKeyEntry } from '../../../../electron/pki/key-store/with-key-entry.ts';
import { Secret } from '../../../../electron/secrets/secret.ts';
import { imported, javas, keytool, leaves, ours, pass, renewed, store, storeTypes } from './javas.ts';
import { rewriteWhatJavaWrote } from './matrix.ts';
import { type Bench, openBench } from './programs.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.remove());

/** The others take minutes: `keytool.long.test.ts`. */
const quick = [...javas.keys()].flatMap((java) =>
  storeTypes
    .filter((type) => java === '17' || (java === '11.0.10' && type === 'PKCS12'))
    .map((type) => [java, type] as const),
);

describe.skipIf(javas.size === 0)('a key store of keytool', () => {
  test.each(quick)('of Java %s, in %s, is rewritten and stays whole', async (java, type) => {
    await rewriteWhatJavaWrote(bench, java, type);
  });
});

describe.skipIf(!javas.has('17'))('a key store of keytool 17', () => {
  test.each(['JKS', 'JCEKS'] as const)('in %s keeps a key with a password of its own', async (type) => {
    const path = bench.path();
    await imported(bench, '17', await bench.file(await ours(['rsa'])), { path, type });
    const own = Secret.of('another one');
    const entry = entryOf(leaves.ec, 'Own', { keyPassword: own });
    const added = (await withKeyEntry(await bench.read(path), { store }, entry)).bytes;
    const keys = new Map([['own', own]]);
    const opened = await readKeyStore(added, { store, keys }, 'all');
    expect(opened.entries.map(({ alias, keyOpens }) => [alias, keyOpens])).toEqual([
      ['rsa', true],
      ['own', true],
    ]);
    const closed = await readKeyStore(added, { store }, ['OWN']);
    expect(closed.entries.map(({ keyOpens }) => keyOpens)).toEqual([null, false]);
    const { bytes } = await withKeyEntry(added, { store, keys }, entryOf(renewed, 'own'));
    const to = ['-destkeystore', bench.path(), '-deststorepass', pass, '-destkeypass', pass];
    await keytool(
      ...([bench, '17', '-importkeystore', '-noprompt', '-srckeystore', await bench.file(bytes)] as const),
      ...['-srcstorepass', pass, '-srcalias', 'own', '-srckeypass', 'another one', ...to],
    );
  });

  test.each([
    ['RC2-40', ['-J-Dkeystore.pkcs12.legacy'], 'protected with 3DES now'],
    ['certificates that are not encrypted', ['-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE'], null],
    ['a MAC with SHA-512', ['-J-Dkeystore.pkcs12.macAlgorithm=HmacPBESHA512'], null],
    ['no MAC', ['-J-Dkeystore.pkcs12.macAlgorithm=NONE'], null],
  ])('with %s is read and rewritten', async (_name, options, remark) => {
    const path = bench.path();
    const common = ['-keystore', path, '-storepass', pass, '-storetype', 'PKCS12', ...options];
    await keytool(
      bench,
      '17',
      '-genkeypair',
      ...common,
      '-alias',
      'one',
      '-keyalg',
      'EC',
      '-dname',
      'CN=one',
    );
    const { bytes, remarks } = await withKeyEntry(await bench.read(path), { store }, entryOf(renewed, 'one'));
    expect(remarks.join(' ')).toContain(remark ?? '');
    const to = bench.path();
    await imported(bench, '17', await bench.file(bytes), { path: to, type: 'PKCS12' });
    const [one] = (await readKeyStore(await bench.read(to), { store }, 'all')).entries;
    expect(one).toMatchObject({ alias: 'one', keyOpens: true });
  });
});

describe.skipIf(!javas.has('25'))('a key store of keytool 25', () => {
  test('whose MAC it cannot read itself is read, and rewritten so that it can', async () => {
    const path = bench.path();
    const common = ['-keystore', path, '-storepass', pass, '-storetype', 'PKCS12', '-alias', 'one'];
    const options = [
      '-keyalg',
      'EC',
      '-dname',
      'CN=one',
      '-J-Dkeystore.pkcs12.macAlgorithm=PBEWithHmacSHA256',
    ];
    const making = keytool(bench, '25', '-genkeypair', ...common, ...options);
    await expect(making).rejects.toThrow('HmacPBEHMACSHA256 not available'); // it has been written by then
    const bytes = await bench.read(path);
    expect((await readKeyStore(bytes, { store })).protection.sentence).toContain('any program');
    const again = await withKeyEntry(bytes, { store }, entryOf(renewed, 'one'));
    expect(again.remarks).toEqual([expect.stringContaining('SHA-256 now')]);
    const rewritten = await bench.file(again.bytes);
    const list = await keytool(bench, '25', '-list', '-keystore', rewritten, '-storepass', pass);
    expect(list).toContain('one, Feb 2, 2026, PrivateKeyEntry');
  });
});
