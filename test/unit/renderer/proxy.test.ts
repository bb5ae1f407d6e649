import { describe, expect, it } from 'vitest';
import type { ProxyReport, ProxyState } from '#shared/model/proxy.ts';
import {
  keepsPassword,
  proxyFields,
  readProxy,
  startProxy,
} from '../../../renderer/screens/proxy/proxy-values.ts';
import { reportText } from '../../../renderer/screens/proxy/report-text.ts';
import { en } from '../../../renderer/text/en.ts';

const state: ProxyState = {
  route: { mode: 'manual', host: 'proxy.example', port: 3128, user: 'u', domain: 'D' },
  bypass: ['*.example', '10.0.0.0/8'],
  hasPassword: true,
  revertsAt: null,
};
const none: ProxyState = { route: { mode: 'none' }, bypass: [], hasPassword: false, revertsAt: null };

describe('the form of the proxy', () => {
  it('sends the whole setting, for it replaces the one there is', () => {
    expect(readProxy(state, startProxy(state))).toEqual({
      input: {
        host: 'proxy.example',
        port: 3128,
        user: 'u',
        domain: 'D',
        bypass: ['*.example', '10.0.0.0/8'],
      },
      problems: {},
    });
  });

  it('sends nothing for no proxy, and an emptied list as an empty list', () => {
    expect(readProxy(state, { ...startProxy(state), mode: 'none' })).toEqual({ input: {}, problems: {} });
    expect(readProxy(state, { ...startProxy(state), bypass: '' }).input.bypass).toEqual([]);
  });

  it('neither asks nor sends for SOCKS 5 what does not go with it', () => {
    const typed = { ...startProxy(none), mode: 'manual', host: 'p', port: '1080', tls: true, domain: 'CORP' };
    const names = (socks5: boolean) => proxyFields(none, { ...typed, socks5 }).map(({ name }) => name);
    expect(names(false)).toEqual(expect.arrayContaining(['tls', 'domain', 'socks5']));
    expect(names(true)).not.toEqual(expect.arrayContaining(['tls']));
    expect(names(true)).not.toEqual(expect.arrayContaining(['domain']));
    expect(readProxy(none, { ...typed, socks5: true })).toEqual({
      input: { host: 'p', port: 1080, socks5: true },
      problems: {},
    });
  });

  it('sends of one way nothing that was typed for the other', () => {
    const typed = {
      ...startProxy(none),
      mode: 'pac',
      host: 'left-over',
      port: '1',
      pacurl: 'http://w/p.pac',
    };
    expect(readProxy(none, typed).input).toEqual({ pacurl: 'http://w/p.pac' });
    expect(readProxy({ ...none, bypass: ['*.inside'] }, typed).input).toEqual({
      pacurl: 'http://w/p.pac',
      bypass: [],
    });
  });

  it('needs host and port, or the address of the PAC file', () => {
    const empty = startProxy(none);
    expect(Object.keys(readProxy(none, { ...empty, mode: 'manual' }).problems)).toEqual(['host', 'port']);
    expect(Object.keys(readProxy(none, { ...empty, mode: 'pac' }).problems)).toEqual(['pacurl']);
  });

  it.each([
    ['nothing', {}, true],
    ['only the domain or the list', { domain: 'X', bypass: '' }, true],
    ['only capitals of the host', { host: 'Proxy.Example' }, true],
    ['the user', { user: 'v' }, false],
    ['the host', { host: 'other.example' }, false],
    ['the port', { port: '8080' }, false],
    ['the way', { mode: 'pac', pacurl: 'http://w/p.pac' }, false],
  ])('keeps the password when %s changed: %j → %s', (_what, change, kept) => {
    const values = { ...startProxy(state), ...change } as ReturnType<typeof startProxy>;
    expect(keepsPassword(state, values)).toBe(kept);
    const help = proxyFields(state, values).find((field) => field.name === 'password')?.help;
    expect(help === en.proxy.passwordLost).toBe(!kept);
    expect(readProxy(state, values).problems).toEqual(kept ? {} : { password: en.proxy.passwordNeeded });
    expect(readProxy(state, { ...values, password: 'new' }).problems).toEqual({});
  });

  it('says that a password or a domain needs a user', () => {
    const typed = { ...startProxy(state), user: '', password: 'p' };
    expect(Object.keys(readProxy(state, typed).problems)).toEqual(['password', 'domain']);
  });
});

describe('the report of the proxy doctor as text', () => {
  const report: ProxyReport = {
    ok: false,
    at: 1_764_000_000_000,
    trips: [
      {
        url: 'https://ca.example/directory',
        neededBy: 'authority le',
        ok: false,
        way: 'proxy proxy.example:3128',
        steps: [
          { name: 'route', ok: true, sentence: 'As set.' },
          { name: 'tls', ok: false, sentence: 'Not trusted.\nAt all.' },
        ],
        certificate: { subject: 'CN=ca.example', issuer: 'CN=Inspection', trusted: false },
        interceptedBy: 'CN=Inspection',
      },
      {
        url: 'https://vault.example',
        neededBy: 'credential store v',
        ok: true,
        way: 'direct',
        steps: [],
        certificate: null,
        interceptedBy: null,
      },
    ],
  };

  it('names every address with its steps, its certificate and who reads along', () => {
    const lines = reportText(report).split('\n');
    expect(lines[0]).toMatch(/^Trustkeep proxy report, /);
    expect(lines.slice(1)).toEqual([
      '',
      '1 of 2 addresses not reached',
      '',
      'https://ca.example/directory (needed by authority le): not reached',
      '  Via: proxy proxy.example:3128',
      '  [ok] Route: As set.',
      '  [NO] TLS: Not trusted. At all.',
      '  Certificate: CN=ca.example',
      '  Issued by: CN=Inspection',
      '  Trusted here: No',
      '  A proxy may be inspecting traffic: the certificate was issued by CN=Inspection',
      '',
      'https://vault.example (needed by credential store v): reached',
      '  Via: direct',
    ]);
  });
});
