/**
 * The attack: a vault (or who stands in its place), a web server before it, or somebody who may choose a credential id.
 * By ids it wants to reach another secret or another part of the API; by redirects the token; by bodies memory, time and
 * the shape of our objects; by repeating what it was sent, the token in a log or the audit; by its words somebody's cursor;
 * by refusing, a locked account.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '#kit/clock.ts';
import { makeLog } from '#kit/log.ts';
import { asFailure, type Failure } from '#shared/failure.ts';
import { memoryStoreKeep } from '#test/make/store-keep.ts';
import { makeHttp } from '../../electron/net/http.ts';
import type { CredentialStore } from '../../electron/providers/credential-stores/credential-store.ts';
import { CyberarkStore } from '../../electron/providers/credential-stores/cyberark/cyberark.ts';
import { DelineaStore } from '../../electron/providers/credential-stores/delinea-secret-server/delinea-secret-server.ts';
import { makeHashicorpStore } from '../../electron/providers/credential-stores/hashicorp/hashicorp.ts';
import { JumpingClock } from '../make/clock.ts';

const token = 'hvs.Token-zqmarkqz';
const password = 'Pass "word" <zqmarkqz>&';
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}
type Answer = { status?: number; headers?: Record<string, string>; body?: unknown } | 'endless';

/** `given` is called when an answer has left. */
async function peer(answer: (asked: Asked) => Answer, given: (what: Answer) => void = () => {}) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(parts).toString() };
      asked.push(one);
      const what = answer(one);
      response.once('finish', () => given(what));
      give(response, what);
    });
  });
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  ends.push(() => server.closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function give(response: ServerResponse, answer: Answer): void {
  response.on('error', () => {});
  if (answer === 'endless') {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = () => {
      while (!response.destroyed && response.write(`"${'x'.repeat(65_536)}",`));
    };
    response.on('drain', more);
    more();
    return;
  }
  const { status = 200, headers = {}, body = {} } = answer;
  response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'id=tracked', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Says that more comes than comes. */
const unfinished: Answer = { headers: { 'content-length': '5000000' }, body: 'x' };

const settings = { trustedRootsPem: null, verify: 'web1' };
const kinds = ['hashicorp', 'approle', 'cyberark', 'delinea'] as const;
type Kind = (typeof kinds)[number];
const goodId: Record<Kind, string> = {
  hashicorp: 'web1',
  approle: 'web1',
  cyberark: 'Safe=Web;Object=web1',
  delinea: '12',
};

function open(kind: Kind, url: string, clock: Clock = systemClock) {
  const lines: string[] = [];
  const log = makeLog((line) => lines.push(line), 'debug', Date.now);
  const http = makeHttp({ userAgent: 'test', clock, log });
  ends.push(() => http.close());
  const secrets = { token, password, 'secret-id': token };
  const keep = memoryStoreKeep(secrets);
  const parts = { id: 'cs_test', keep, http, clock, log };
  const vault = {
    ...settings,
    kind: 'hashicorp',
    vaultUrl: url,
    rootPath: 'secret',
    namespace: null,
  } as const;
  const make: Record<Kind, () => CredentialStore> = {
    hashicorp: () =>
      makeHashicorpStore({ ...parts, settings: { ...vault, auth: { type: 'Token' }, authMount: 'approle' } }),
    approle: () => {
      const auth = { type: 'AppRoleSecret', roleId: 'role', wrapped: false } as const;
      return makeHashicorpStore({ ...parts, settings: { ...vault, auth, authMount: 'approle' } });
    },
    cyberark: () =>
      new CyberarkStore({
        ...parts,
        settings: {
          ...{
            ...settings,
            kind: 'cyberark',
            ccpUrl: url,
            appId: 'App',
            hasCertificate: false,
            reason: null,
          },
          verify: goodId.cyberark,
        },
      }),
    delinea: () =>
      new DelineaStore({
        ...parts,
        settings: {
          ...settings,
          kind: 'delinea-secret-server',
          url,
          username: 'svc',
          domain: null,
          comment: null,
          verify: '12',
        },
      }),
  };
  const store = make[kind]();
  ends.push(() => store.close());
  return { store, lines, keep };
}

/** Lets every kind log in, and find the secrets in KV version 2 at `secret/`. */
function usual({ url }: Asked, read: unknown): Answer {
  if (url.includes('/lookup-self')) return { body: { data: { ttl: 3600, renewable: false } } };
  if (url.includes('/approle/login'))
    return { body: { auth: { client_token: token, lease_duration: 3600, renewable: false } } };
  if (url.includes('/ui/mounts/'))
    return { body: { data: { path: 'secret/', type: 'kv', options: { version: '2' } } } };
  if (url.includes('/oauth2/token'))
    return { body: { access_token: token, token_type: 'bearer', expires_in: 1200 } };
  return read === undefined ? { status: 404, body: { errors: [] } } : { body: read };
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return asFailure(await work.then(() => 'nothing failed').catch((thrown: unknown) => thrown));
}

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

describe('what a hostile vault says', () => {
  const evil = '\u001b[2J\u0007\u202eevil\u2066';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const harm = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
  const secret = {
    data: {
      data: { username: evil, password: 'x' },
      metadata: { version: 1, created_time: evil, deletion_time: evil },
    },
    ...{ Content: 'x', UserName: evil, Name: evil, Safe: evil },
    ...{
      id: 12,
      name: evil,
      secretTemplateName: evil,
      items: [
        { slug: 'username', itemValue: evil },
        { slug: 'password', itemValue: 'x' },
      ],
    },
  };
  test.each(kinds)('moves no cursor in the report of %s', async (kind) => {
    const { url } = await peer((asked) => usual(asked, secret));
    const report = await open(kind, url).store.verify();
    expect(report).toMatchObject({ ok: true });
    for (const { sentence } of report.checks) expect(sentence).not.toMatch(harm);
  });

  test('puts nothing into the shape of our objects', async () => {
    const record = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"password":"x"}';
    const body = `{"__proto__":{"polluted":1},"data":{"data":${record},"metadata":{"version":1,"__proto__":{"polluted":1}}}}`;
    const { url } = await peer((asked) =>
      asked.url.includes('/data/') ? { body } : usual(asked, undefined),
    );
    expect((await open('hashicorp', url).store.read('web1')).password?.text()).toBe('x');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test.each(['hashicorp', 'approle', 'delinea'] as const)(
    'of a life without end harms no clock of %s',
    async (kind) => {
      const { url } = await peer((asked) => {
        if (asked.url.includes('lookup-self'))
          return { body: { data: { ttl: 1e300, creation_ttl: 1e300, renewable: true } } };
        if (asked.url.includes('login'))
          return { body: { auth: { client_token: token, lease_duration: 1e300, renewable: true } } };
        if (asked.url.includes('oauth2'))
          return { body: { access_token: token, token_type: 'bearer', expires_in: 1e300 } };
        return usual(asked, secret);
      });
      expect(await open(kind, url).store.verify()).toMatchObject({ ok: true });
    },
  );

  test('of thousands of key files does not have each fetched', async () => {
    const items = Array.from({ length: 3000 }, (_, at) => ({
      ...{
        slug: `private-key${at % 2 ? '' : at}`,
        isFile: true,
        fileAttachmentId: at + 1,
        itemValue: '*** Not Valid For Display ***',
      },
    }));
    const { url, asked } = await peer((one) =>
      one.url.includes('/fields/') ? { body: '""' } : usual(one, { id: 12, items }),
    );
    await failureOf(open('delinea', url).store.read('12'));
    expect(asked.filter((one) => one.url.includes('/fields/')).length).toBeLessThan(5);
  });
});

describe('who reads the database file', () => {
  test('finds nothing in it that a token made up by a person could be guessed from', async () => {
    const { url } = await peer((one) =>
      one.url.includes('lookup-self') ? { body: { data: { ttl: 0, num_uses: 5 } } } : usual(one, undefined),
    );
    const { store, keep } = open('hashicorp', url);
    await store.verify();
    expect([...keep.notes]).toEqual([]);
    expect(keep.secrets.size).toBeGreaterThan(3);
  });
});

describe('the test button', () => {
  test.each([
    ['approle', { status: 400, body: { errors: ['invalid role or secret ID'] } }, 4],
    ['delinea', { status: 400, body: { error: 'Login failed.' } }, 2],
  ] as const)('does not lock an account of %s, however often it is pressed', async (kind, answer, most) => {
    const clock = new JumpingClock();
    const { url, asked } = await peer(() => answer);
    const { store } = open(kind, url, clock);
    const sentences: string[] = [];
    for (let pressed = 0; pressed < 10; pressed++) {
      sentences.push((await store.verify()).checks.at(-1)?.sentence ?? '');
      await failureOf(store.read(goodId[kind]));
    }
    expect(asked.filter(({ method, url: at }) => method === 'POST' && /login|token/.test(at)).length).toBe(
      most,
    );
    expect(sentences.at(-1)).toMatch(/so that (it|the account) (does not get|is not) locked/);
  });
});

function shownErrors(failure: Failure): unknown {
  const messages: string[] = [];
  for (let at: unknown = failure; at instanceof Error; at = at.cause) messages.push(at.message);
  return messages;
}
