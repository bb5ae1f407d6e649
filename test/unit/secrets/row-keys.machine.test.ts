import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Envelope } from '../../../electron/secrets/envelope.ts';
import { FirstRowKeys } from '../../../electron/secrets/first-row-keys.ts';
import { RowKeys } from '../../../electron/secrets/row-keys.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

const place = { owner: 'ep_1', name: 'password' };
const uuid = randomUUID();
const make = (key = randomBytes(32), store: string = uuid) => new Envelope(Buffer.from(key), store);
const damaged = expect.objectContaining({ code: 'secret.damaged' });

describe('a row key', () => {
  const bound = Buffer.from('a place');

  test('Another program (AES-256-GCM and HMAC of OpenSSL) makes the same wrap', () => {
    const keys = new RowKeys(Buffer.from([...Array(32).keys()]));
    const wrapped = Buffer.from(
      '03b721b70e036465666768696a6b6c6d6e6f9d7e7b598743ae79760f3060b3fc92fceadff2e12a5938f59e03b74a7ba68d42f3c4d5c6483da2119408dc69526a61bd',
      'hex',
    );
    expect(keys.unwrap(bound, wrapped)?.toString('hex')).toBe(
      '9e06dcd4961ec8fe5cbedfe4a38243a596a153dd616315582cb3553c02455ec4',
    );
  });

  test('Its wrap is good at its place alone, and every flipped bit and every cut is noticed', () => {
    const keys = new RowKeys(randomBytes(32));
    const { rowKey, wrapped } = keys.fresh(bound);
    expect(keys.unwrap(bound, wrapped)).toEqual(rowKey);
    expect(keys.unwrap(Buffer.from('a plac'), wrapped)).toBeNull();
    expect(new RowKeys(randomBytes(32)).unwrap(bound, wrapped)).toBeNull();
    for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
      const changed = Buffer.from(wrapped);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(keys.unwrap(bound, changed), `bit ${bit}`).toBeNull();
    }
    const cut = Array.from(wrapped, (_, length) => wrapped.subarray(0, length));
    for (const other of [...cut, Buffer.concat([wrapped, Buffer.of(0)])])
      expect(keys.unwrap(bound, other)).toBeNull();
  });

  test('It is another one each time, and its wrap holds it in no clear part', () => {
    const keys = new RowKeys(randomBytes(32));
    const made = Array.from({ length: 200 }, () => keys.fresh(bound));
    expect(new Set(made.map(({ wrapped }) => wrapped.toString('hex'))).size).toBe(200);
    expect(new Set(made.map(({ rowKey }) => rowKey.toString('hex'))).size).toBe(200);
    for (const { rowKey, wrapped } of made) expect(wrapped.includes(rowKey.subarray(0, 8))).toBe(false);
  });

  test('Under the same store key no nonce is used twice', () => {
    const keys = new RowKeys(randomBytes(32));
    const nonces = Array.from({ length: 3000 }, () => keys.fresh(bound).wrapped.subarray(6, 18));
    expect(new Set(nonces.map((nonce) => nonce.toString('hex'))).size).toBe(3000);
  });
});

describe('a row key in the first format', () => {
  const bound = Buffer.from('a place');
  const storeKey = Buffer.from([...Array(32).keys()]);
  const wrapped = Buffer.from(
    '01b9ae237afa8a1d548e229e03989843fba32d0947b98b00262e976ad7446a4c1b28028a30c4c3080d88ccb75d56dc30e717431746',
    'hex',
  );

  test('What another program (AES block by block, SHA-256, HMAC of OpenSSL) wrapped is read', () => {
    expect(new FirstRowKeys(storeKey).unwrap(bound, wrapped)?.toString('hex')).toBe(
      '9e06dcd4961ec8fe5cbedfe4a38243a596a153dd616315582cb3553c02455ec4',
    );
  });

  test('It is good at its place alone, and every flipped bit and every cut is noticed', () => {
    const keys = new FirstRowKeys(storeKey);
    expect(keys.unwrap(Buffer.from('a plac'), wrapped)).toBeNull();
    expect(new FirstRowKeys(randomBytes(32)).unwrap(bound, wrapped)).toBeNull();
    for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
      const changed = Buffer.from(wrapped);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(keys.unwrap(bound, changed), `bit ${bit}`).toBeNull();
    }
    const cut = Array.from(wrapped, (_, length) => wrapped.subarray(0, length));
    for (const other of [...cut, Buffer.concat([wrapped, Buffer.of(0)])])
      expect(keys.unwrap(bound, other)).toBeNull();
  });
});

describe('wrapping anew', () => {
  const at = (index: number) => ({ owner: `ep_${index}`, name: 'password' });

  test('A row opens under the new store key with the same body, and what is damaged does not wrap', () => {
    const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
    const [from, to] = [make(oldKey), make(newKey)];
    to.follow(make(oldKey));
    const rows = Array.from({ length: 9 }, (_, index) => from.sealRow(at(index), Secret.of(`${index}`)));
    rows[2]!.wrapped[40]! ^= 1;
    rows[5]!.wrapped = rows[5]!.wrapped.subarray(0, 30);
    [rows[7]!.wrapped, rows[8]!.wrapped] = [rows[8]!.wrapped, rows[7]!.wrapped];
    for (const [index, { sealed, wrapped }] of rows.entries()) {
      const fresh = to.rewrap({ ...at(index), wrapped });
      if ([2, 5, 7, 8].includes(index)) expect(fresh).toBeNull();
      else expect(make(newKey).openRow(at(index), { sealed, wrapped: fresh }).text()).toBe(`${index}`);
    }
  });

  test('Rows under the key before open until it is forgotten, and never the other way round', () => {
    const oldKey = randomBytes(32);
    const [from, to] = [make(oldKey), make()];
    const row = from.sealRow(place, Secret.of('old'));
    expect(() => to.openRow(place, row)).toThrow(damaged);
    to.follow(make(oldKey));
    expect(to.openRow(place, row).text()).toBe('old');
    expect(() => from.openRow(place, to.sealRow(place, Secret.of('new')))).toThrow(damaged);
    to.forgetBefore();
    expect(() => to.openRow(place, row)).toThrow(damaged);
  });
});

describe('a sealed row', () => {
  test('It opens with its own key, also when it is empty, and not without', () => {
    const envelope = make();
    for (const text of ['correct horse', '', 'ü'.repeat(5000)]) {
      const row = envelope.sealRow(place, Secret.of(text));
      expect(envelope.openRow(place, row).text()).toBe(text);
      expect(() => envelope.openRow(place, { ...row, wrapped: null })).toThrow(damaged);
      expect(() => envelope.open(place, row.sealed)).toThrow(damaged);
    }
  });

  test('Body and key belong together, and to their place and store', () => {
    const key = randomBytes(32);
    const envelope = make(key);
    const one = envelope.sealRow(place, Secret.of('one'));
    const two = envelope.sealRow(place, Secret.of('two'));
    expect(() => envelope.openRow(place, { sealed: one.sealed, wrapped: two.wrapped })).toThrow(damaged);
    expect(() => envelope.openRow({ ...place, owner: 'ep_2' }, one)).toThrow(/"password" of ep_2/);
    expect(() => envelope.openRow({ owner: 'ep_1p', name: 'assword' }, one)).toThrow(damaged);
    expect(() => make(key, randomUUID()).openRow(place, one)).toThrow(damaged);
    expect(() => make().openRow(place, one)).toThrow(damaged);
    expect(make(key).openRow(place, one).text()).toBe('one');
  });

  test('Every flipped bit and every cut of body or key is noticed', () => {
    const envelope = make();
    const { sealed, wrapped } = envelope.sealRow(place, Secret.of('correct horse'));
    for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
      const changed = Buffer.from(wrapped);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => envelope.openRow(place, { sealed, wrapped: changed })).toThrow(damaged);
    }
    for (let length = 0; length < wrapped.length; length += 1)
      expect(() => envelope.openRow(place, { sealed, wrapped: wrapped.subarray(0, length) })).toThrow(
        damaged,
      );
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => envelope.openRow(place, { sealed: changed, wrapped })).toThrow(damaged);
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => envelope.openRow(place, { sealed: sealed.subarray(0, length), wrapped })).toThrow(damaged);
  });

  test('What was sealed directly, as all was once, still opens where there is no row key', () => {
    const envelope = make();
    const sealed = envelope.seal(place, Secret.of('old'));
    expect(envelope.openRow(place, { sealed, wrapped: null }).text()).toBe('old');
    const { wrapped } = envelope.sealRow(place, Secret.of('x'));
    expect(() => envelope.openRow(place, { sealed, wrapped })).toThrow(damaged);
  });

  test('After wiping, no row opens', () => {
    const envelope = make();
    const row = envelope.sealRow(place, Secret.of('x'));
    envelope.wipe();
    expect(() => envelope.openRow(place, row)).toThrow(damaged);
  });
});
