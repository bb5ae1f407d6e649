import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { dersOf, entryOf } from '#test/make/key-stores.ts';
import { have } from '#test/servers/available.ts';
import { newPkcs12 } from '../../../../electron/pki/key-store/new-pkcs12.ts';
import { readKeyStore } from '../../../../electron/pki/key-store/read-key-store.ts';
import { withKeyEntry } from '../../../../electron/pki/key-store/with-key-entry.ts';
import { Secret } from '../../../../electron/secrets/secret.ts';
import { rejectionOf } from '../../../unit/pki/failure-of.ts';
import { type Bench, openBench } from './programs.ts';

const store = Secret.of('changeit');
const ca = makeCa();
const first = makeLeaf(ca, { names: ['first.example.org'], intermediate: true });
const second = makeLeaf(ca, { names: ['second.example.org'], intermediate: true, keyType: 'rsa-2048' });
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.remove());

describe.skipIf(!have('openssl'))('a PKCS#12 file of openssl', () => {
  test.each([
    ['as it writes it', []],
    ['in the old way', ['-legacy']],
    ['without a MAC', ['-nomac']],
    ['with nothing but its key encrypted', ['-certpbe', 'NONE', '-nomac']],
    ['with a key that is not encrypted', ['-keypbe', 'NONE']],
  ])('%s is rewritten so that openssl reads the new key and its chain', async (_name, options) => {
    const made = await exported(options);
    expect((await readKeyStore(made, { store }, 'all')).entries).toMatchObject([
      { alias: 'One', kind: 'key', keyOpens: true, chain: dersOf(first.chainPem) },
    ]);
    const { bytes } = await withKeyEntry(made, { store }, entryOf(second, 'one'));
    const said = await bench.must(
      ...([
        'openssl',
        'pkcs12',
        '-in',
        await bench.file(bytes),
        '-noenc',
        '-passin',
        'pass:changeit',
      ] as const),
    );
    expect(dersOf(said)).toEqual(dersOf(second.chainPem));
    const again = await withKeyEntry(bytes, { store }, entryOf(second, 'one'));
    expect(again.bytes.equals(bytes)).toBe(true);
  });
});

async function exported(options: readonly string[]): Promise<Buffer> {
  const out = bench.path();
  const pair = ['-in', await bench.file(first.chainPem), '-inkey', await bench.file(first.keyPem)];
  await bench.must(
    ...(['openssl', 'pkcs12', '-export', ...pair, '-name', 'One', '-out', out] as const),
    ...['-passout', 'pass:changeit', ...options],
  );
  return bench.read(out);
}

describe.skipIf(!have('openssl'))('a new PKCS#12 file', () => {
  test.each([false, true])('of key and chain is read by openssl (legacy: %s)', async (legacy) => {
    const { key, chain, seed } = entryOf(second, 'new');
    const made = await newPkcs12({ alias: 'new', key, chain, password: store, legacy, seed });
    const said = await bench.must(
      ...([
        'openssl',
        'pkcs12',
        '-in',
        await bench.file(made),
        '-noenc',
        '-passin',
        'pass:changeit',
      ] as const),
    );
    expect(dersOf(said)).toEqual(chain);
    expect(
      createPrivateKey(said.slice(said.indexOf('-----BEGIN PRIVATE'))).equals(
        createPrivateKey(second.keyPem),
      ),
    ).toBe(true);
  });

  test.each([false, true])('of a chain alone is read by openssl (legacy: %s)', async (legacy) => {
    const { chain, seed } = entryOf(second, 'new');
    const made = await newPkcs12({ alias: 'new', key: null, chain, password: store, legacy, seed });
    const said = await bench.must(
      ...(['openssl', 'pkcs12', '-in', await bench.file(made), '-passin', 'pass:changeit'] as const),
    );
    expect(dersOf(said)).toEqual(chain);
    const { entries } = await readKeyStore(made, { store });
    expect(entries.map(({ kind }) => kind)).toEqual(['trust', 'trust']);
  });

  test.each(['short', 'pässwörter'])('is not made with the password %s', async (text) => {
    const { key, chain, seed } = entryOf(second, 'new');
    const making = newPkcs12({ alias: 'new', key, chain, password: Secret.of(text), seed });
    expect((await rejectionOf(making)).code).toBe('key-store.password-unfit');
  });
});
