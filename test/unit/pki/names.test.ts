import { describe, expect, test } from 'vitest';
import { makeChance, randomName } from '#test/make/random.ts';
import { checkNames, normalizeNames } from '../../../electron/pki/csr.ts';
import { namesCover } from '../../../electron/pki/read-certificate.ts';
import { failureOf } from './failure-of.ts';

describe('names for a certificate', () => {
  test('come in lower case, without blanks and root dots, each once, in their order', () => {
    expect(normalizeNames(['WWW.Example.org.', ' www.example.org ', '*.Example.ORG', 'printer'])).toEqual([
      'www.example.org',
      '*.example.org',
      'printer',
    ]);
  });

  test('are A-labels when they were written in another script', () => {
    expect(normalizeNames(['Bücher.example', '*.例え.テスト', 'xn--bcher-kva.example'])).toEqual([
      'xn--bcher-kva.example',
      '*.xn--r8jz45g.xn--zckzah',
    ]);
  });

  test('may be IP addresses, in their shortest form', () => {
    const given = [
      '10.0.0.1',
      '2001:DB8:0:0:0:0:0:1',
      '[2001:db8::1]',
      '::',
      '::ffff:10.1.2.3',
      'fe80:0:0:1::',
    ];
    expect(normalizeNames(given)).toEqual([
      '10.0.0.1',
      '2001:db8::1',
      '::',
      '::ffff:a01:203',
      'fe80:0:0:1::',
    ]);
  });

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['*', 'wildcard'],
    ['www.*.example.org', 'wildcard'],
    ['w*.example.org', 'wildcard'],
    ['*.*.example.org', 'wildcard'],
    ['*.org', 'top-level'],
    ['*.', 'label'],
    ['.', 'label'],
    ['a..example.org', 'label'],
    ['.example.org', 'label'],
    ['-a.example.org', 'hyphen'],
    ['a-.example.org', 'hyphen'],
    ['under_score.example.org', 'letters'],
    ['a b.example.org', 'not a host name'],
    ['a/b.example.org', 'letters'],
    ['http://example.org', 'letters'],
    ['example.org:443', 'letters'],
    ['user@example.org', 'letters'],
    ['a\nb.example.org', 'not a host name'],
    ['a\0b.example.org', 'not a host name'],
    ['10.0.0.256', 'IP address'],
    ['10.0.0.01', 'IP address'],
    ['10.0.1', 'IP address'],
    ['*.10.0.0.1', 'IP address'],
    ['１０.0.0.1', 'IP address'],
    ['0x7f.0.0.0x1', 'IP address'],
    ['fe80::1%eth0', 'letters'],
    ['1:2:3:4:5:6:7:8:9', 'letters'],
    ['1::2::3', 'letters'],
    ['xn--a.example.org', 'not a host name'],
    ['xn--999999999', 'not a host name'],
    [`${'a'.repeat(64)}.example.org`, '63'],
    [`${'a.'.repeat(126)}org`, '253'],
    [`*.${'a.'.repeat(125)}org`, '253'],
  ])('the name %j is refused because of: %s', (name, word) => {
    const failure = failureOf(() => checkNames(['fine.example.org', name]));
    expect(failure.code).toBe('names.invalid');
    expect(failure.message).toContain(word);
    expect(failure.message).not.toContain('fine.example.org');
  });

  test('of the greatest allowed lengths are fine', () => {
    expect(() => checkNames([`${'a'.repeat(63)}.example.org`, `${'a.'.repeat(125)}org`])).not.toThrow();
  });

  test('must not be none at all', () => {
    expect(failureOf(() => checkNames([])).code).toBe('names.invalid');
  });

  test('stay as they are when normalized again', () => {
    const chance = makeChance(41);
    for (let turn = 0; turn < 500; turn += 1) {
      const once = normalizeNames([randomName(chance), randomName(chance)]);
      expect(normalizeNames(once)).toEqual(once);
      for (const name of once) expect(namesCover(once, name)).toBe(true);
    }
  });

  test('that are garbage give a Failure and nothing else', () => {
    const chance = makeChance(42);
    for (let turn = 0; turn < 2000; turn += 1) {
      const name = String.fromCodePoint(
        ...Array.from({ length: 1 + chance.int(8) }, () =>
          chance.pick([46, 42, 45, 58, 97, chance.int(0xd800)]),
        ),
      );
      try {
        checkNames([name]);
      } catch {
        expect(failureOf(() => checkNames([name])).code).toBe('names.invalid');
      }
      namesCover([name], name);
    }
  });
});

describe('whether a certificate covers a name', () => {
  const names = [
    'www.example.org',
    '*.Apps.example.org',
    'xn--bcher-kva.example',
    '10.0.0.1',
    '2001:DB8::1',
    '*.org',
  ];
  test.each([
    ['www.example.org', true],
    ['WWW.EXAMPLE.ORG.', true],
    ['example.org', false],
    ['a.apps.example.org', true],
    ['a.b.apps.example.org', false],
    ['apps.example.org', false],
    ['.apps.example.org', false],
    ['*.apps.example.org', true],
    ['*.example.org', false],
    ['bücher.example', true],
    ['10.0.0.1', true],
    ['10.0.0.2', false],
    ['2001:db8:0::1', true],
    ['[2001:db8::1]', true],
    ['other.org', false],
    ['', false],
  ])('%j: %s', (wanted, covered) => {
    expect(namesCover(names, wanted)).toBe(covered);
  });

  test('an address is never covered by a wildcard, nor a DNS name by an address', () => {
    expect(namesCover(['*.0.0.1'], '10.0.0.1')).toBe(false);
    expect(namesCover(['*', '*.*.org', 'f*.example.org'], 'foo.example.org')).toBe(false);
  });
});
