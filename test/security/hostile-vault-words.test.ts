import { describe, expect, test } from 'vitest';
import { JumpingClock } from '../make/clock.ts';
import { failureOf, goodId, kinds, open, peer, preparePeers, token, usual } from './hostile-peer.ts';

preparePeers();

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
    const { store, state } = open('hashicorp', url);
    await store.verify();
    expect([...state.notes]).toEqual([]);
    expect(state.secrets.size).toBeGreaterThan(3);
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
