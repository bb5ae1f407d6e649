import { afterEach, describe, expect, test } from 'vitest';
import { makeLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { Pac } from '../../../../electron/net/proxy/pac.ts';
import type { FetchDirectly } from '../../../../electron/net/proxy/pac-file.ts';
import { SteppedClock } from '../../../make/stepped-clock.ts';

type Answer = Awaited<ReturnType<FetchDirectly>>;
type Asked = Parameters<FetchDirectly>[0];

const minute = 60_000;
const url = 'http://user:tellnobody@pac.corp/proxy.pac?key=hushhushhush';
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

function serving(first: string | Failure) {
  const state = {
    now: first as string | Failure | Partial<Answer>,
    asked: [] as Asked[],
    lines: [] as string[],
  };
  const clock = new SteppedClock();
  const pac = new Pac({
    url,
    clock,
    log: makeLog(
      (line) => state.lines.push(line),
      'info',
      () => 0,
    ),
    async fetch(request) {
      state.asked.push(request);
      const { now } = state;
      if (now instanceof Failure) throw now;
      const plain = { status: 200, headers: {}, body: Buffer.from('') };
      return typeof now === 'string' ? { ...plain, body: Buffer.from(now) } : { ...plain, ...now };
    },
  });
  opened.push(pac);
  const ask = async (address = 'https://a.example/') => (await pac.ask(new URL(address))).text;
  return { state, clock, pac, ask };
}
const always = (answer: string) => `function FindProxyForURL() { return "${answer}"; }`;
const gone = () =>
  new Failure('net.refused', 'Nothing accepts connections at pac.corp:80.', { retry: 'later' });

describe('a PAC file', () => {
  test('is fetched once for many questions and again after ten minutes', async () => {
    const { state, clock, ask } = serving(always('PROXY a:1'));
    expect(await Promise.all(Array.from({ length: 20 }, () => ask()))).toEqual(Array(20).fill('PROXY a:1'));
    expect(state.asked).toHaveLength(1);
    state.now = always('PROXY b:1');
    clock.step(9 * minute);
    expect(await ask()).toBe('PROXY a:1');
    clock.step(minute);
    expect(await ask()).toBe('PROXY b:1');
    expect(state.asked).toHaveLength(2);
  });

  test('is asked for as changed since, and stays when it is not', async () => {
    const { state, clock, ask } = serving('');
    state.now = {
      body: Buffer.from(always('PROXY a:1')),
      headers: { etag: '"1"', 'last-modified': 'Wed, 18 Nov 2026 12:00:00 GMT' },
    };
    await ask();
    state.now = { status: 304 };
    clock.step(10 * minute);
    expect(await ask()).toBe('PROXY a:1');
    expect(state.asked[1]?.headers).toMatchObject({
      'if-none-match': '"1"',
      'if-modified-since': 'Wed, 18 Nov 2026 12:00:00 GMT',
    });
    clock.step(9 * minute);
    await ask();
    expect(state.asked).toHaveLength(2);
  });

  test.each([
    ['cannot be fetched', gone()],
    ['is broken', 'function FindProxyForURL('],
    ['is a page to log in', '<html></html>'],
  ])('that %s at a renewal leaves the last good one in use, with a line in the log', async (_how, next) => {
    const { state, clock, ask } = serving(always('PROXY a:1'));
    await ask();
    state.now = next;
    clock.step(10 * minute);
    expect(await ask()).toBe('PROXY a:1');
    expect(state.lines.join('\n')).toContain('the previous one stays in use');
    expect(await ask()).toBe('PROXY a:1');
    expect(state.asked).toHaveLength(2);
    state.now = always('PROXY c:1');
    clock.step(minute);
    expect(await ask()).toBe('PROXY c:1');
  });

  test('that was never there is asked for again soon', async () => {
    const { state, clock, ask } = serving(gone());
    await expect(ask()).rejects.toMatchObject({
      code: 'proxy.pac-unreachable',
      message:
        'The PAC file http://pac.corp/proxy.pac cannot be fetched: Nothing accepts connections at pac.corp:80.',
      retry: 'later',
    });
    state.now = always('DIRECT');
    clock.step(5000);
    expect(await ask()).toBe('DIRECT');
  });

  test('follows redirects, a few', async () => {
    const { state, ask } = serving('');
    state.now = { status: 302, headers: { location: '/elsewhere.pac' } };
    await expect(ask()).rejects.toMatchObject({
      code: 'proxy.pac-unreachable',
      message: expect.stringContaining('redirects again and again'),
    });
    expect(state.asked.map((one) => one.url)).toEqual([
      url,
      ...Array(3).fill('http://user:tellnobody@pac.corp/elsewhere.pac'),
    ]);
  });

  test.each([
    [{ status: 404 }, 'proxy.pac-unreachable', 'the server answers 404'],
    [{ status: 302 }, 'proxy.pac-unreachable', 'the server answers 302'],
    [{ status: 304 }, 'proxy.pac-unreachable', 'the server answers 304'],
  ])('answered with %j', async (answer, code, words) => {
    const { state, ask } = serving('');
    state.now = answer;
    await expect(ask()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test('too large is named so', async () => {
    const { ask } = serving(new Failure('net.too-large', 'x'));
    await expect(ask()).rejects.toMatchObject({
      code: 'proxy.pac-too-large',
      message: 'The PAC file http://pac.corp/proxy.pac is larger than 1 MB.',
    });
  });

  test('may begin with a byte order mark', async () => {
    const { ask } = serving(`\uFEFF${always('DIRECT')}`);
    expect(await ask()).toBe('DIRECT');
  });

  test('no failure and no line shows what is secret in its address', async () => {
    const { state, clock, ask } = serving(always('PROXY a:1'));
    await ask();
    state.now = gone();
    clock.step(10 * minute);
    await ask();
    expect(state.lines.length).toBeGreaterThan(1);
    expect(state.lines.join()).not.toMatch(/tellnobody|hushhushhush/);
  });
});

describe('a question to a PAC file', () => {
  const echo =
    'function FindProxyForURL(url, host) { return "PROXY " + btoaLike(url) + ":1"; } function btoaLike(t) { return t.replace(/[^a-z0-9]/g, "-"); }';

  test('about an https address holds nothing but its host', async () => {
    const { ask } = serving(echo);
    expect(await ask('https://user:pw@vault.corp/v1/secret?x=y#z')).toBe('PROXY https---vault-corp-:1');
    expect(await ask('https://vault.corp:8200/v1')).toBe('PROXY https---vault-corp-8200-:1');
    expect(await ask('http://user:pw@web.corp/a?b#c')).toBe('PROXY http---web-corp-a-b:1');
  });

  test.each([
    ['return 5', 'proxy.pac-answer', '"number"'],
    ['return "nonsense"', 'proxy.pac-answer', '"nonsense"'],
    ['return "SOCKS4 s:1080; SOCKS s:1080"', 'proxy.pac-socks-only', 'supports SOCKS 5 only'],
    ['return nothing.here', 'proxy.pac-failed', 'ReferenceError: nothing is not defined (line 1)'],
    ['throw "up"', 'proxy.pac-failed', 'up'],
  ])('that answers %s', async (body, code, words) => {
    const { ask } = serving(`function FindProxyForURL() { ${body}; }`);
    await expect(ask()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    await expect(ask()).rejects.toMatchObject({ code });
  });

  // scripts that end without an answer, as browsers take them: lucasnz/PAC-Tester#39, genotrance/px#170
  test.each([
    ['if (host == "proxied.example") return "PROXY a:1";'],
    ['var proxy = "PROXY a:1"; var direct = "DIRECT"; if (host == "proxied.example") return proxy; direct;'],
    ['if (host != "proxied.example") return; return "PROXY a:1";'],
    ['return host == "proxied.example" ? "PROXY a:1" : null;'],
  ])('without an answer at its end (%s) means a direct connection', async (body) => {
    const { ask, pac } = serving(`function FindProxyForURL(url, host) { ${body} }`);
    expect(await ask('https://proxied.example/')).toBe('PROXY a:1');
    expect(await pac.ask(new URL('https://other.example/'))).toEqual({
      text: '',
      ways: [{ kind: 'direct' }],
      skipped: [],
    });
  });

  test('may look up names', async () => {
    const { ask } = serving(
      'function FindProxyForURL(url, host) { return "PROXY " + dnsResolve("localhost") + ":1; PROXY x" + isResolvable("nowhere.invalid") + ":1"; }',
    );
    expect(await ask()).toBe('PROXY 127.0.0.1:1; PROXY xfalse:1');
  });
});

describe('when no way of an answer works', () => {
  test('the file is looked at again, but not again and again', async () => {
    const { state, clock, pac, ask } = serving(always('PROXY a:1'));
    await ask();
    expect(await pac.doubt()).toBe(false);
    expect(state.asked).toHaveLength(1);
    clock.step(10_000);
    expect(await pac.doubt()).toBe(false);
    expect(state.asked).toHaveLength(2);
    state.now = always('PROXY b:1');
    clock.step(10_000);
    expect(await pac.doubt()).toBe(true);
    expect(await ask()).toBe('PROXY b:1');
  });
});
