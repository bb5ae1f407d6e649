import { expect, test } from 'vitest';
import { whoAnswered } from '../../../../electron/net/proxy/own-answer.ts';

const head = (status: number, headers: Record<string, string>) => ({
  version: 'HTTP/1.1',
  status,
  reason: 'x',
  headers: Object.entries(headers) as [string, string][],
});

// pages of proxies that do and do not name themselves: chobits/ngx_http_proxy_connect_module#137, saucelabs/forwarder#115,
// elazarl/goproxy#51, cvmfs/cvmfs#2773
test.each([
  ['Squid', 503, { server: 'squid/5.7', 'x-squid-error': 'ERR_DNS_FAIL 0' }, 'proxy'],
  ['Squid without its version', 503, { 'x-squid-error': 'ERR_DNS_FAIL 0', via: '1.1 gate' }, 'proxy'],
  ['a rule of Squid', 403, { server: 'squid', 'x-squid-error': 'ERR_ACCESS_DENIED 0' }, 'proxy'],
  ['tinyproxy', 500, { server: 'tinyproxy/1.11.1' }, 'proxy'],
  ['mitmproxy', 502, { server: 'mitmproxy 10.1.1' }, 'proxy'],
  ['RFC 9209', 502, { 'proxy-status': 'cache.example; error=dns_error; rcode="NXDOMAIN"' }, 'proxy'],
  ['a network that wants a login', 511, {}, 'proxy'],
  ['nginx as a proxy', 502, { server: 'nginx/1.12.2', 'content-type': 'text/html' }, 'unknown'],
  ['goproxy', 500, { 'content-type': 'text/plain; charset=utf-8' }, 'unknown'],
  ['Varnish', 503, { server: 'Varnish' }, 'unknown'],
  [
    'a server behind an honest cache',
    503,
    { 'proxy-status': 'cache.example; received-status=503' },
    'unknown',
  ],
  ['a timeout', 504, {}, 'unknown'],
  ['a server that has not got it', 404, { server: 'nginx' }, 'beyond'],
  ['a server that forbids it', 403, { server: 'nginx', via: '1.1 gate (squid/5.7)' }, 'beyond'],
  ['the page of a proxy program that was asked for', 200, { server: 'squid/5.7' }, 'beyond'],
])('%s (%i) is told by what it says itself', (_name, status, headers, speaker) => {
  expect(whoAnswered(head(status, headers))).toBe(speaker);
});
