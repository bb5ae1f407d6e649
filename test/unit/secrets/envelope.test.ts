import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { Envelope } from '../../../electron/secrets/envelope.ts';
import { RowKeys } from '../../../electron/secrets/row-keys.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const place = { owner: 'ep_1', name: 'password' };
const make = (key = randomBytes(32), uuid: string = randomUUID()) => new Envelope(Buffer.from(key), uuid);
const damaged = expect.objectContaining({ code: 'secret.damaged' });

test('A sealed value opens again at its place, also when it is empty', () => {
  const envelope = make();
  for (const text of ['correct horse', '', 'ü'.repeat(5000)])
    expect(envelope.open(place, envelope.seal(place, Secret.of(text))).text()).toBe(text);
});

test('The same value sealed twice gives different bytes, and none of them holds the value', () => {
  const envelope = make();
  const one = envelope.seal(place, Secret.of('correct horse'));
  expect(one.equals(envelope.seal(place, Secret.of('correct horse')))).toBe(false);
  expect(one.includes('horse')).toBe(false);
  expect(one).toHaveLength(1 + 12 + 'correct horse'.length + 16);
});

test('A value moved to another place does not open, and the failure names that place', () => {
  const envelope = make();
  const sealed = envelope.seal(place, Secret.of('x'));
  expect(() => envelope.open({ owner: 'ep_2', name: 'password' }, sealed)).toThrow(/"password" of ep_2/);
  expect(() => envelope.open({ owner: 'ep_1', name: 'passphrase' }, sealed)).toThrow(damaged);
  // the same letters, cut at another place
  expect(() => envelope.open({ owner: 'ep_1p', name: 'assword' }, sealed)).toThrow(damaged);
});

test('Every flipped bit and every cut is noticed', () => {
  const envelope = make();
  const sealed = envelope.seal(place, Secret.of('correct horse'));
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => envelope.open(place, changed)).toThrow(damaged);
  }
  for (let length = 0; length < sealed.length; length += 1)
    expect(() => envelope.open(place, sealed.subarray(0, length))).toThrow(damaged);
  expect(() => envelope.open(place, Buffer.concat([sealed, Buffer.of(0)]))).toThrow(damaged);
  expect(envelope.open(place, sealed).text()).toBe('correct horse');
});

test('Another key, and the same key in another store, do not open it', () => {
  const key = randomBytes(32);
  const uuid = randomUUID();
  const sealed = make(key, uuid).seal(place, Secret.of('x'));
  expect(() => make(key).open(place, sealed)).toThrow(damaged);
  expect(() => make(randomBytes(32), uuid).open(place, sealed)).toThrow(damaged);
  expect(make(key, uuid).open(place, sealed).text()).toBe('x');
});

test('After wiping, nothing sealed before opens', () => {
  const envelope = make();
  const sealed = envelope.seal(place, Secret.of('x'));
  envelope.wipe();
  expect(() => envelope.open(place, sealed)).toThrow(damaged);
});

test('What another program (HMAC and AES-256-GCM of Python) sealed with a key for this place alone opens', () => {
  const envelope = make(Buffer.from([...Array(32).keys()]), '6f1c3a52-0d1e-4b7a-9c55-2f8f0e6a7b10');
  const sealed = '016465666768696a6b6c6d6e6f88a90279f2cecb81ccc76f4ac925e29ccce446b89f7515775262d23740';
  expect(envelope.open(place, Buffer.from(sealed, 'hex')).text()).toBe('correct horse');
});

test('The key of a row is wiped when the row is sealed, opened, and wrapped again', () => {
  const envelope = make();
  const [fresh, unwrap] = [vi.spyOn(RowKeys.prototype, 'fresh'), vi.spyOn(RowKeys.prototype, 'unwrap')];
  const row = envelope.sealRow(place, Secret.of('x'));
  expect(envelope.openRow(place, row).text()).toBe('x');
  envelope.rewrap({ ...place, ...row });
  const keys = [...fresh.mock.results, ...unwrap.mock.results].map(({ value }) => value?.rowKey ?? value);
  expect(keys).toEqual([Buffer.alloc(32), Buffer.alloc(32), Buffer.alloc(32)]);
  vi.restoreAllMocks();
});
