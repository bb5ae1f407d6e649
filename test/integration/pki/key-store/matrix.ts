import { expect } from 'vitest';
import { dersOf, entryOf } from '#test/make/key-stores.ts';
import { readKeyStore } from '../../../../electron/pki/key-store/read-key-store.ts';
import { withKeyEntry } from '../../../../electron/pki/key-store/with-key-entry.ts';
import {
  foundByOpenssl,
  imported,
  keyHex,
  keysOf,
  leaves,
  renewed,
  root,
  type StoreType,
  store,
  written,
} from './javas.ts';
import type { Bench } from './programs.ts';

/** What a Java writes is read, rewritten, and read by the same Java again: all of it, and the new key in place of an old one. */
export async function rewriteWhatJavaWrote(bench: Bench, java: string, type: StoreType): Promise<void> {
  const before = await bench.read(await written(bench, java, type));
  const read = await readKeyStore(before, { store }, 'all');
  expect(read.format).toBe(type.toLowerCase());
  const names = keysOf(java);
  const secrets = type === 'JKS' ? [] : ['secret'];
  expect(kindsOf(read)).toEqual(
    [
      ...names.map((name) => `key ${name} true`),
      'trust trustedroot null',
      ...secrets.map((one) => `secret ${one} null`),
    ].sort(),
  );
  for (const name of names) {
    const chain = read.entries.find(({ alias }) => alias === name)?.chain ?? [];
    const wanted = dersOf(leaves[name].chainPem);
    expect(chain.slice(0, wanted.length)).toEqual(wanted); // in PKCS#12, Java has the trusted root belong to it as well
  }
  const { bytes, remarks } = await withKeyEntry(before, { store }, entryOf(renewed, 'EC'));
  const after = await readKeyStore(bytes, { store }, 'all');
  expect(kindsOf(after)).toEqual(kindsOf(read));
  expect(after.entries.find(({ alias }) => alias === 'ec')?.chain.slice(0, 2)).toEqual(
    dersOf(renewed.chainPem),
  );
  expect(remarks).toHaveLength(java.startsWith('11') && type === 'PKCS12' ? 1 : 0);
  const taken = bench.path();
  await imported(bench, java, await bench.file(bytes), { path: taken, type: 'PKCS12' });
  const found = await foundByOpenssl(bench, taken);
  const wanted = [...names.filter((name) => name !== 'ec').map((name) => leaves[name]), renewed];
  expect(found.keys).toEqual(wanted.map(({ keyPem }) => keyHex(keyPem)).sort());
  const held = found.certificates.map((der) => der.toString('hex'));
  for (const der of [...wanted.flatMap(({ chainPem }) => dersOf(chainPem)), ...dersOf(root)])
    expect(held).toContain(der.toString('hex'));
  expect(kindsOf(await readKeyStore(await bench.read(taken), { store }, 'all'))).toEqual(kindsOf(read));
}

const kindsOf = ({ entries }: Awaited<ReturnType<typeof readKeyStore>>): string[] =>
  entries.map(({ kind, alias, keyOpens }) => `${kind} ${alias.toLowerCase()} ${keyOpens}`).sort();
