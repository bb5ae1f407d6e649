import { describe, expect, test } from 'vitest';
import { readHandle } from '../../../../../electron/providers/authorities/acme/handle.ts';
import { linksOf, retryAfterMs } from '../../../../../electron/providers/authorities/acme/headers.ts';
import { identifiersOf } from '../../../../../electron/providers/authorities/acme/identifiers.ts';
import { problemFailure } from '../../../../../electron/providers/authorities/acme/problems.ts';
import { waitMs } from '../../../../../electron/providers/authorities/acme/waits.ts';
import { authorization, problem } from '../../../../../electron/providers/authorities/acme/wire.ts';

const now = Date.UTC(2026, 10, 21, 12, 0, 0);

describe('Retry-After', () => {
  test.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sat, 21 Nov 2026 12:05:00 GMT', 300_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['-5x', null],
    [undefined, null],
  ])('%s is %s ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});

describe('Link headers', () => {
  test('are found by relation, among others and relative to the request', () => {
    const header = '<https://ca/dir>;rel="index", </orders/2>; rel="next"; title="a, b", <x>;rel=up';
    expect(linksOf(header, 'next', 'https://ca/orders/1')).toEqual(['https://ca/orders/2']);
    expect(linksOf(header, 'index', 'https://ca/')).toEqual(['https://ca/dir']);
    expect(linksOf(header, 'up', 'https://ca/a/b')).toEqual(['https://ca/a/x']);
    expect(linksOf(header, 'alternate', 'https://ca/')).toEqual([]);
    expect(linksOf(undefined, 'next', 'https://ca/')).toEqual([]);
  });
});

describe('waits', () => {
  test('grow with silence, to fifteen seconds while somebody may be watching and minutes after an hour', () => {
    const waits = [0, 6000, 60_000, 20 * 60_000, 5 * 3_600_000].map((since) => waitMs(since, null));
    expect(waits).toEqual([1000, 5000, 15_000, 60_000, 300_000]);
  });
  test('the CA has the last word, between a second and a day', () => {
    expect(waitMs(0, 300_000)).toBe(300_000);
    expect(waitMs(0, 0)).toBe(1000);
    expect(waitMs(0, 10 ** 10)).toBe(86_400_000);
  });
});

describe('problems', () => {
  const context = { ca: 'ca.example', asked: 'the order for a.example', status: 403, retryAt: null, now };
  const of = (value: object, more: object = {}) =>
    problemFailure(problem.parse(value), { ...context, ...more });
  const urn = (type: string) => `urn:ietf:params:acme:error:${type}`;

  test('become one sentence with the CA and what was asked for, and keep what was said', () => {
    expect(of({ type: urn('badCSR'), detail: 'weak key' }).toData()).toMatchObject({
      code: 'acme.bad-csr',
      sentence:
        'The CA ca.example refused the order for a.example: it does not accept the certificate request.',
      retry: 'needs-person',
      peerSaid: 'weak key',
    });
  });
  test('of a type that no standard has share one code, and the type is shown', () => {
    const odd = of({ type: urn('dnssecNeeded42') });
    expect(odd.code).toBe('acme.refused');
    expect(odd.message).toContain('dnssecNeeded42');
    expect(odd.toData().peerSaid).toMatch(/^dnssecNeeded42/);
    for (const type of ['orderGone', 'toString', '__proto__'])
      expect(of({ type: urn(type) })).toMatchObject({ code: 'acme.refused', retry: 'needs-person' });
    expect(of({ type: 'https://ca.example/errors/odd' }).code).toBe('acme.refused');
    expect(of({ type: urn('---') }).toData().code).toBe('acme.refused');
    expect(of({}).code).toBe('acme.refused');
  });
  test('that are the fault of the CA are worth another try, when it says', () => {
    expect(of({ type: urn('serverInternal') }, { status: 500 })).toMatchObject({ retry: 'later' });
    const retryAt = now + 90_000;
    expect(of({ type: urn('serverInternal') }, { status: 503, retryAt })).toMatchObject({
      retry: 'after',
      retryAt,
    });
  });
  test('that want a person show the page of the CA', () => {
    const failure = of({ type: urn('userActionRequired'), instance: 'https://ca.example/terms' });
    expect(failure.hint).toContain('https://ca.example/terms');
  });
  test('never repeat a private key the CA might echo', () => {
    const detail = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----';
    expect(of({ type: urn('malformed'), detail }).peerSaid).toBe('[private key]');
  });
});

test('names become identifiers, addresses as such and each once', () => {
  expect(identifiersOf(['A.example', 'a.example', '*.b.example', '10.0.0.1', '2001:DB8:0:0::1'])).toEqual([
    { type: 'dns', value: 'a.example' },
    { type: 'dns', value: '*.b.example' },
    { type: 'ip', value: '10.0.0.1' },
    { type: 'ip', value: '2001:db8::1' },
  ]);
});

test('an authorization with challenges nobody knows is read', () => {
  const read = authorization.parse({
    identifier: { type: 'dns', value: 'a.example' },
    status: 'valid',
    challenges: [{ type: 'sectigo-email-01', status: 'valid' }],
  });
  expect(read.challenges[0]?.type).toBe('sectigo-email-01');
});

test('a damaged handle is refused, not guessed at', () => {
  for (const handle of [null, {}, { version: 2 }, 'x'])
    expect(() => readHandle(handle)).toThrow(expect.objectContaining({ code: 'acme.handle-damaged' }));
});
