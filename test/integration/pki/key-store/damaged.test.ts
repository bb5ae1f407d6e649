import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { keyStoresCodes } from '#shared/failure-codes/key-stores.ts';
import { randomPairs } from '#test/make/key-store-material.ts';
import { type Chance, makeChance } from '#test/make/random.ts';
import { randomJavaStore } from '#test/make/random-java-store.ts';
import { randomPfx } from '#test/make/random-pfx.ts';
import { readKeyStore } from '../../../../electron/pki/key-store/read-key-store.ts';
import { withKeyEntry } from '../../../../electron/pki/key-store/with-key-entry.ts';
import { Secret } from '../../../../electron/secrets/secret.ts';
import { breakBytes } from '../../../../scripts/campaign/fuzz/break-der.ts';

const password = 'changeit';
const store = Secret.of(password);
const rounds = 500;

/** `read`, or the code of the failure; anything else is thrown. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'read';
  } catch (thrown) {
    if (thrown instanceof Failure && Object.hasOwn(keyStoresCodes, thrown.code)) return thrown.code;
    throw new Error('something else than a failure of key stores was thrown', { cause: thrown });
  }
}

const kinds = ['pkcs12', 'jks', 'jceks'] as const;
const made = new Map<string, { bytes: Buffer; entry: Parameters<typeof withKeyEntry>[2] }>();

async function make(kind: (typeof kinds)[number], chance: Chance) {
  let material = randomPairs(chance, 2);
  while (material.pairs.length === 0) material = randomPairs(chance, 2); // without an example, JCEKS is written slowly
  const { renewed } = material;
  const bytes =
    kind === 'pkcs12'
      ? await randomPfx(chance, material, password)
      : await randomJavaStore(chance, { ...material, format: kind, keys: new Map() }, password);
  const entry = {
    ...{ alias: 'web', key: Secret.of(renewed.keyPem), chain: renewed.chain, date: 0 },
    seed: Secret.of(Buffer.alloc(32, 1)),
  };
  return { bytes, entry };
}

beforeAll(async () => {
  for (const [at, kind] of kinds.entries()) made.set(kind, await make(kind, makeChance(at + 5)));
});

describe.each(kinds)('a damaged key store in %s', (kind) => {
  test('is read or refused, and nothing else', async () => {
    const chance = makeChance(11);
    const { bytes } = made.get(kind)!;
    const seen = new Set<string>();
    for (let round = 0; round < rounds; round += 1)
      seen.add(await outcomeOf(readKeyStore(breakBytes(bytes, chance), { store }, 'all')));
    for (let length = 0; length < bytes.length; length += Math.ceil(bytes.length / 200))
      seen.add(await outcomeOf(readKeyStore(bytes.subarray(0, length), { store })));
    expect(seen).toContain('key-store.corrupt');
    expect(seen).toContain(
      kind === 'pkcs12' ? 'key-store.wrong-password' : 'key-store.wrong-password-or-damaged',
    );
  });

  test('is rewritten or refused, and nothing else', async () => {
    const chance = makeChance(12);
    const { bytes, entry } = made.get(kind)!;
    for (let round = 0; round < rounds / 5; round += 1)
      await outcomeOf(withKeyEntry(breakBytes(bytes, chance), { store }, entry));
  });

  test('is not what it takes a wrong password for', async () => {
    const { bytes } = made.get(kind)!;
    const code = await outcomeOf(readKeyStore(bytes, { store: Secret.of('another') }));
    expect(code).toMatch(/^key-store\.wrong-password/);
  });
});

test.each([
  ['nothing', Buffer.alloc(0), 'it is empty'],
  ['a PEM file', Buffer.from('# a chain\n-----BEGIN CERTIFICATE-----\n'), 'it is a PEM file'],
  ['a picture', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'it begins as none of them does'],
])('%s is no key store', async (_name, bytes, because) => {
  const outcome = readKeyStore(bytes, { store });
  await expect(outcome).rejects.toMatchObject({ code: 'key-store.unknown-kind' });
  await expect(outcome).rejects.toThrow(because);
});

test('a file of nothing but empty elements is refused before it takes all memory', async () => {
  const many = Buffer.alloc(8 * 2 ** 20, Buffer.from([5, 0]));
  const head = Buffer.from([0x30, 0x83, 0x7f, 0xff, 0xff]);
  const outcome = await outcomeOf(
    readKeyStore(Buffer.concat([head, many]).subarray(0, 5 + 0x7fffff), { store }),
  );
  expect(outcome).toBe('key-store.corrupt');
});

test('what lies behind the last entry of a Java key store is damage, though the digest is right', async () => {
  const body = Buffer.from('feedfeed0000000200000000' + '00', 'hex');
  const hash = createHash('sha1').update(Buffer.from(password, 'utf16le').swap16());
  const digest = hash.update('Mighty Aphrodite').update(body).digest();
  expect(await outcomeOf(readKeyStore(Buffer.concat([body, digest]), { store }))).toBe('key-store.corrupt');
});
