import { describe, expect, test } from 'vitest';
import type { ProxyInput } from '#shared/contract/proxy.ts';
import { checkBypass, routeOf } from '../../../electron/commands/proxy-settings.ts';

describe('the outbound connection that flags describe', () => {
  test.each<[ProxyInput, unknown]>([
    [{}, { mode: 'none' }],
    [
      { pacurl: 'http://wpad/proxy.pac' },
      { mode: 'pac', pacUrl: 'http://wpad/proxy.pac', user: null, domain: null },
    ],
    [
      { host: 'proxy', port: 3128 },
      { mode: 'manual', host: 'proxy', port: 3128, user: null, domain: null },
    ],
    [
      { host: 'p', port: 1, user: 'ann', password: 'x', domain: 'CORP' },
      { mode: 'manual', host: 'p', port: 1, user: 'ann', domain: 'CORP' },
    ],
    [
      { host: '[2001:db8::1]', port: 8080 },
      { mode: 'manual', host: '2001:db8::1', port: 8080, user: null, domain: null },
    ],
    [
      { host: 'p', port: 443, tls: true },
      { mode: 'manual', host: 'p', port: 443, tls: true, user: null, domain: null },
    ],
    [
      { host: 'p', port: 3128, tls: false },
      { mode: 'manual', host: 'p', port: 3128, user: null, domain: null },
    ],
  ])('%j', (input, route) => {
    expect(routeOf(input)).toEqual(route);
  });

  test.each<[ProxyInput, string]>([
    [{ host: 'proxy' }, 'A host was given without a port.'],
    [{ port: 3128 }, 'A port was given without a host.'],
    [{ host: 'proxy', port: 1, pacurl: 'http://wpad/' }, 'A PAC URL and a host cannot be used together.'],
    [
      { pacurl: 'file:///etc/proxy.pac' },
      'The PAC URL must be an http or https address, not "file:///etc/proxy.pac".',
    ],
    [{ host: 'http://proxy:3128', port: 3128 }, '"http://proxy:3128" is not a host name or address.'],
    [{ host: 'a b', port: 3128 }, '"a b" is not a host name or address.'],
    [{ pacurl: 'http://wpad/', tls: true }, 'A PAC URL and TLS to the proxy cannot be used together.'],
    [{ tls: true }, '--tls was given without a proxy.'],
    [{ pacurl: 'http://wpad/', socks5: true }, 'A PAC URL and SOCKS 5 cannot be used together.'],
    [{ socks5: true }, '--socks5 was given without a proxy.'],
    [
      { host: 'p', port: 1080, socks5: true, tls: true },
      'SOCKS 5 and TLS to the proxy cannot be used together.',
    ],
    [
      { host: 'p', port: 1080, socks5: true, user: 'u', domain: 'D' },
      'SOCKS 5 and a domain cannot be used together.',
    ],
    [{ user: 'ann' }, '--user was given without a proxy.'],
    [{ bypass: ['*.inside'] }, '--bypass was given without a proxy.'],
    [{ host: 'p', port: 1, password: 'x' }, 'A password was given without a user.'],
    [{ host: 'p', port: 1, domain: 'CORP' }, 'A domain was given without a user.'],
  ])('%j is refused with one sentence', (input, sentence) => {
    expect(() => routeOf(input)).toThrow(
      expect.objectContaining({ code: 'input.invalid', message: sentence, hint: expect.any(String) }),
    );
  });
});

describe('the bypass list', () => {
  test.each([
    'vault',
    '*.corp.example',
    '.corp.example',
    'vault:8200',
    '10.0.0.0/8',
    'fd00::/8',
    '192.0.2.7',
    '<local>',
    '[fd00::1]:443',
  ])('takes %s', (entry) => {
    expect(checkBypass(` ${entry} `)).toBe(entry);
  });

  test.each(['', 'http://vault/', '10.0.0.0/33', 'fd00::/129', 'a b', '*.*', 'vault:port', '10.0.0.0/x'])(
    'refuses "%s"',
    (entry) => {
      expect(() => checkBypass(entry)).toThrow(`"${entry}" is not a valid destination for the bypass list.`);
    },
  );
});
