import { describe, expect, test } from 'vitest';
import type { Failure } from '#shared/failure.ts';
import { JumpingClock } from '../make/clock.ts';
import {
  type Answer,
  type Asked,
  failureOf,
  goodId,
  kinds,
  open,
  peer,
  preparePeers,
  usual,
} from './hostile-peer.ts';

preparePeers();

/** Says that more comes than comes. */
const unfinished: Answer = { headers: { 'content-length': '5000000' }, body: 'x' };

describe('a credential id cannot leave its place', () => {
  const hostile = [
    '../../sys/seal',
    'a/../../b',
    '..',
    './x',
    'a//b',
    '%2e%2e/sys/raw',
    '..%2fsys',
    'x?version=1&list=true',
    'x#y',
    'x\r\nX-Evil: 1',
    'x\u0000y',
    '\\..\\sys',
    'x;y',
    'https://evil.test/x',
    '@evil.test/x',
    '/v1/auth/token/create',
    '\ud800',
    'a'.repeat(5000),
  ];
  test.each(hostile)('in Vault: %j', async (id) => {
    const { url, asked } = await peer((one) => usual(one, undefined));
    await failureOf(open('hashicorp', url).store.read(id));
    const allowed =
      /^\/v1\/(auth\/token\/lookup-self|sys\/internal\/ui\/mounts\/secret\/[^?#]+|secret\/data\/[^?#]+)$/;
    for (const one of asked) {
      expect(one.url).toMatch(allowed);
      expect(decodeURIComponent(new URL(one.url, url).pathname).split('/')).not.toContain('..');
      expect(one.headers['x-evil']).toBeUndefined();
      expect(one.method).toBe('GET');
    }
  });

  test.each([...hostile, '0', '-1', '1e3', '12/state', '12?x=1', '/a/../b', '\\a\\..\\b', '/a/%2e%2e/b'])(
    'in a Secret Server: %j',
    async (id) => {
      const { url, asked } = await peer((one) => usual(one, undefined));
      await failureOf(open('delinea', url).store.read(id));
      for (const one of asked.filter((each) => !each.url.startsWith('/oauth2/'))) {
        const { pathname, searchParams } = new URL(one.url, url);
        expect(pathname).toMatch(/^\/api\/v1\/secrets\/\d+(\/state)?$/);
        for (const name of searchParams.keys()) expect(['secretPath', 'noAutoCheckout']).toContain(name);
      }
    },
  );

  test.each([
    ...hostile,
    'Safe=Web;AppID=Other;Object=x',
    'appid=Other',
    'Safe=a%26AppID%3DOther;Object=x',
    'Object=x&AppID=Other',
    'Object=x#AppID=Other',
    'Query=Safe=x;AppID=Other',
    'Evil=1',
  ])('in CyberArk: %j', async (id) => {
    const { url, asked } = await peer(() => ({ status: 404, body: { ErrorCode: 'APPAP004E' } }));
    await failureOf(open('cyberark', url).store.read(id));
    for (const one of asked) {
      const { pathname, searchParams } = new URL(one.url, url);
      expect(pathname).toBe('/AIMWebService/api/Accounts');
      expect(searchParams.getAll('AppID')).toEqual(['App']);
      expect([...searchParams.keys()].every((name) => /^(AppID|Safe|Object|Query)$/.test(name))).toBe(true);
    }
  });
});

describe.each(kinds)('a hostile peer of %s', (kind) => {
  test.each([301, 302, 303, 307, 308])('does not have the login sent elsewhere by %i', async (status) => {
    const other = await peer(() => ({}));
    const location = `${other.url}/v1/secret/data/web1`;
    const { url } = await peer(() => ({ status, headers: { location } }));
    const { store } = open(kind, url);
    await failureOf(store.read(goodId[kind]));
    expect((await store.verify()).ok).toBe(false);
    expect(other.asked).toEqual([]);
  });

  test('is never given a cookie back', async () => {
    const { url, asked } = await peer((one) => usual(one, undefined));
    const { store } = open(kind, url);
    await failureOf(store.read(goodId[kind]));
    await store.verify();
    expect(asked.filter(({ headers }) => headers.cookie !== undefined)).toEqual([]);
  });

  const echo = ({ headers, body }: Asked) => {
    const plain = decodeURIComponent(body);
    return [JSON.stringify(headers), body, plain, JSON.stringify(plain)].join(' ');
  };
  test.each<[string, (asked: Asked) => Answer]>([
    ['errors of Vault', (asked) => ({ body: { errors: [echo(asked)] } })],
    ['errors of a Secret Server', (asked) => ({ body: { message: echo(asked), error: echo(asked) } })],
    ['errors of a CCP', (asked) => ({ body: { ErrorCode: 'X1', ErrorMsg: echo(asked) } })],
    [
      'a page',
      (asked) => ({ body: `<html><title>${echo(asked)}</title>`, headers: { 'content-type': 'text/html' } }),
    ],
    [
      'a type',
      ({ headers }) => ({
        body: 'x',
        headers: {
          'content-type': `text/${headers['x-vault-token'] ?? headers.authorization?.slice(7) ?? 'x'}`,
        },
      }),
    ],
  ])('that repeats what it was sent in %s has it in no failure, report and log', async (_, answer) => {
    for (const status of [200, 400, 401, 403, 404, 429, 500, 503]) {
      let logins = 0;
      const { url } = await peer((asked) => {
        const login = /lookup-self|approle\/login|oauth2\/token/.test(asked.url);
        if (login && status !== 401 && logins++ === 0) return usual(asked, undefined);
        return { status, ...(answer(asked) as object) };
      });
      const { store, lines } = open(kind, url);
      const failure = await failureOf(store.read(goodId[kind]));
      const report = await store.verify();
      const all = JSON.stringify([failure.toData(), report, lines, shownErrors(failure)]).toLowerCase();
      expect(all).not.toContain('zqmarkqz');
    }
  });

  test.each<[string, Answer]>([
    ['nested a million times', { body: '['.repeat(1_000_000) }],
    ['nested in objects', { body: `${'{"data":'.repeat(200_000)}1${'}'.repeat(200_000)}` }],
    ['an answer without end', 'endless'],
    ['null', { body: 'null' }],
    ['a number', { body: '1e999' }],
    ['an empty list', { body: '[]' }],
    [
      'data of another type',
      { body: { data: [], auth: 'x', items: {}, Content: 5, access_token: {}, errors: 'x' } },
    ],
    ['null everywhere', { body: { data: null, auth: null, items: null, Content: null, id: null } }],
    ['lies about its length', unfinished],
    ['another encoding', { headers: { 'content-encoding': 'gzip' }, body: 'x' }],
    ['an odd status', { status: 299, body: { data: { data: { password: 5 }, metadata: { version: 1 } } } }],
  ])('that answers %s is refused with a sentence', async (_, answer) => {
    for (const from of ['login', 'read']) {
      const clock = new JumpingClock();
      const { url } = await peer(
        (asked) => {
          const login = /lookup-self|approle\/login|oauth2\/token/.test(asked.url);
          return login === (from === 'login') ? answer : usual(asked, undefined);
        },
        // nothing comes any more, and only the time of the request ends it
        (given) => void (given === unfinished && setImmediate(() => clock.jump(60_000))),
      );
      const { store } = open(kind, url, clock);
      const failure = await failureOf(store.read(goodId[kind]));
      expect(failure.code).toMatch(/^(credential(-store)?|net)\./);
      expect((await store.verify()).ok).toBe(false);
    }
  });
});

function shownErrors(failure: Failure): unknown {
  const messages: string[] = [];
  for (let at: unknown = failure; at instanceof Error; at = at.cause) messages.push(at.message);
  return messages;
}
