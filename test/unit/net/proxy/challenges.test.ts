import { describe, expect, test } from 'vitest';
import { makeChance } from '#test/make/random.ts';
import { parseChallenges } from '../../../../electron/net/proxy/challenges.ts';
import { choose, offered } from '../../../../electron/net/proxy/choose.ts';
import { readNames, shown } from '../../../../electron/net/proxy/names.ts';

const told = (...values: string[]) =>
  parseChallenges(values).map(({ scheme, token, params }) => [scheme, token, Object.fromEntries(params)]);

describe('challenges of a proxy', () => {
  test('come in several headers or in one, and their parameters hold commas and quotes', () => {
    const digest = 'Digest realm="a, \\"b\\"", nonce="n,=" , qop="auth,auth-int", algorithm=MD5';
    const expected = [
      ['negotiate', null, {}],
      ['ntlm', null, {}],
      ['digest', null, { realm: 'a, "b"', nonce: 'n,=', qop: 'auth,auth-int', algorithm: 'MD5' }],
      ['basic', null, { realm: 'x' }],
    ];
    expect(told('Negotiate', 'NTLM', digest, 'Basic realm=x')).toEqual(expected);
    expect(told(`Negotiate, NTLM, ${digest}, Basic realm=x`)).toEqual(expected);
    expect(told(`, negotiate ,, ntlm,${digest},BASIC  realm = "x",`)).toEqual(expected);
  });

  test('of NTLM bring base64', () => {
    expect(told('NTLM TlRM/+A==')).toEqual([['ntlm', 'TlRM/+A==', {}]]);
    expect(told('NTLM TlRM=, Basic realm="y"')).toEqual([
      ['ntlm', 'TlRM=', {}],
      ['basic', null, { realm: 'y' }],
    ]);
  });

  test('that cannot be read are passed over up to the next header', () => {
    expect(told('Digest realm="no end', '"', '=', '', 'Basic')).toEqual([
      ['digest', null, {}],
      ['basic', null, {}],
    ]);
  });

  test('never break or slow the parser', () => {
    const chance = makeChance(3);
    const pieces = ['Basic', 'realm', '=', '"', '\\', ',', ' ', 'a/b+', '==', '\u00ff', 'Digest ', 'NTLM '];
    for (let run = 0; run < 3000; run++)
      parseChallenges([Array.from({ length: chance.int(40) }, () => chance.pick(pieces)).join('')]);
    const before = process.cpuUsage();
    parseChallenges(['a'.repeat(60_000), `Basic ${'a='.repeat(30_000)}`, `x ${','.repeat(60_000)}y`]);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000); // of our own, whatever else runs here
  });
});

describe('the way to log in', () => {
  const offers = (...values: string[]) => parseChallenges(values);
  const digest = 'Digest realm="x", nonce="n", qop="auth"';
  const bob = readNames({ user: 'bob', domain: null });
  const corp = readNames({ user: 'bob', domain: 'CORP' });
  const mail = readNames({ user: 'bob@corp.test', domain: null });
  test.each([
    [['Basic', 'NTLM', digest], bob, 'digest'],
    [['Basic', 'NTLM'], bob, 'basic'],
    [['Digest realm="x", nonce="n", algorithm=SHA-1', 'Basic'], bob, 'basic'],
    [['NTLM', 'Negotiate'], bob, 'domain-needed'],
    [['Bearer'], bob, 'scheme-unknown'],
    [['Basic', digest, 'Negotiate', 'NTLM'], corp, 'ntlm'],
    [['Basic', 'Negotiate'], corp, 'negotiate'],
    [['Basic', digest], corp, 'ntlm-not-offered'],
    [[], corp, 'ntlm-not-offered'],
    [['Basic', 'NTLM'], mail, 'ntlm'],
    [['NTLM'], mail, 'ntlm'],
    [['Basic'], null, 'login-needed'],
  ])('offered %j', (values, names, expected) => {
    const choice = choose(offers(...values), names);
    expect('because' in choice ? choice.because : 'scheme' in choice ? choice.scheme : choice.way).toBe(
      expected,
    );
  });

  test('takes SHA-256 before MD5', () => {
    const choice = choose(offers(digest, `${digest}, algorithm=SHA-256`), bob);
    expect(choice).toMatchObject({ way: 'digest', challenge: { hash: 'sha256' } });
  });

  test('is told in words', () => {
    expect(offered(offers('Basic', digest, digest, 'NTLM', 'Foo'))).toBe('Basic, Digest, NTLM, foo');
    expect(offered([])).toBe('nothing that can be read');
  });
});

describe('the names of a user', () => {
  test.each([
    ['bob', null, { user: 'bob', ntlmOnly: false, ntlm: null }, 'bob'],
    ['bob', 'CORP', { user: 'bob', ntlmOnly: true, ntlm: { user: 'bob', domain: 'CORP' } }, 'CORP\\bob'],
    ['CORP\\bob', null, { user: 'bob', ntlmOnly: true, ntlm: { user: 'bob', domain: 'CORP' } }, 'CORP\\bob'],
    ['A\\bob', 'B', { user: 'bob', ntlmOnly: true, ntlm: { user: 'bob', domain: 'B' } }, 'B\\bob'],
    ['.\\bob', null, { user: 'bob', ntlmOnly: true, ntlm: { user: 'bob', domain: '' } }, 'bob'],
    ['b@c.d', null, { user: 'b@c.d', ntlmOnly: false, ntlm: { user: 'b@c.d', domain: '' } }, 'b@c.d'],
    ['b@c.d', 'C', { user: 'b@c.d', ntlmOnly: true, ntlm: { user: 'b@c.d', domain: '' } }, 'b@c.d'],
  ])('%s with the domain %s', (user, domain, names, words) => {
    expect(readNames({ user, domain })).toEqual(names);
    expect(shown(names)).toBe(words);
  });
});
