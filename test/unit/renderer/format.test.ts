import { describe, expect, it } from 'vitest';
import { duration, expiryLevel, nameOf, relativeTime, shortHash } from '../../../renderer/parts/format.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('times', () => {
  it.each([
    [-10_000, 'just now'],
    [10_000, 'in a moment'],
    [-5 * minute, '5 minutes ago'],
    [3 * hour, 'in 3 hours'],
    [-day, 'yesterday'],
    [12 * day, 'in 12 days'],
    [90 * day, 'in 3 months'],
    [800 * day, 'in 2 years'],
  ])('says %i milliseconds as "%s"', (away, words) => {
    expect(relativeTime(1_700_000_000_000 + away, 1_700_000_000_000)).toBe(words);
  });

  it.each([
    [3, '3 ms'],
    [95, '0.1 s'],
    [412, '0.4 s'],
    [12_300, '12 s'],
    [185_000, '3 min 5 s'],
    [2 * hour + 10 * minute, '2 h 10 min'],
    [3 * day, '3 d'],
  ])('says a span of %i milliseconds as "%s"', (span, words) => {
    expect(duration(span)).toBe(words);
  });
});

describe('expiry', () => {
  const life = (days: number, left: number) => ({ notBefore: (left - days) * day, notAfter: left * day });

  it('judges a certificate of a year by weeks', () => {
    expect(expiryLevel(life(365, 40), 0)).toBe('ok');
    expect(expiryLevel(life(365, 29), 0)).toBe('attention');
    expect(expiryLevel(life(365, 6), 0)).toBe('danger');
    expect(expiryLevel(life(365, -1), 0)).toBe('danger');
  });

  it('does not call a fresh six-day certificate dangerous', () => {
    expect(expiryLevel(life(6, 5), 0)).toBe('ok');
    expect(expiryLevel(life(6, 1.5), 0)).toBe('attention');
    expect(expiryLevel(life(6, 1), 0)).toBe('danger');
  });
});

describe('names', () => {
  it.each([
    ["CN=R11,O=Let's Encrypt,C=US", "R11 (Let's Encrypt)"],
    ['C=US\nO=Example Trust\nCN=Example Trust R1', 'Example Trust R1'],
    ['CN=Root\\, the first, O=Acme', 'Root, the first (Acme)'],
    ['O=Only An Organization', 'Only An Organization'],
    ['something else', 'something else'],
  ])('reads %s', (name, words) => {
    expect(nameOf(name)).toBe(words);
  });

  it('shortens a hash but keeps both ends', () => {
    expect(shortHash(`${'a'.repeat(32)}${'b'.repeat(32)}`)).toBe('aaaaaaaa…bbbbbbbb');
    expect(shortHash('short')).toBe('short');
  });
});
