import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { Envelope } from '../../../electron/secrets/envelope.ts';
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
