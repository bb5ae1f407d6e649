import { describe, expect, it } from 'vitest';
import { parseListen } from '../../../../../electron/providers/endpoints/nginx/listen.ts';

const parse = (text: string) =>
  parseListen(
    text.split(' ').map((word) => ({ text: word, start: 0, end: 0, line: 1 })),
    80,
  );
const addresses = (text: string) => {
  const answer = parse(text);
  return 'listens' in answer ? answer.listens.map((one) => one.address) : answer.reason;
};

describe('a listen directive', () => {
  it.each([
    ['443', ['*:443']],
    ['*:443', ['*:443']],
    ['0.0.0.0:443', ['*:443']],
    ['10.0.0.5', ['10.0.0.5:80']],
    ['10.0.0.5:8443', ['10.0.0.5:8443']],
    ['[::]:443', ['[::]:443']],
    ['[0:0:0:0:0:0:0:0]:443', ['[::]:443']],
    ['[::1]', ['[::1]:80']],
    ['Localhost:8080', ['localhost:8080']],
    ['8000-8002', ['*:8000', '*:8001', '*:8002']],
    ['[::1]:8000-8001', ['[::1]:8000', '[::1]:8001']],
  ])('%s means %j', (text, expected) => {
    expect(addresses(text)).toEqual(expected);
  });

  it('knows its parameters', () => {
    expect(parse('[::]:443 ssl http2 default_server ipv6only=off proxy_protocol reuseport')).toMatchObject({
      listens: [{ ssl: true, isDefault: true, proxyProtocol: true, quic: false }],
    });
    expect(parse('443 quic')).toMatchObject({ listens: [{ ssl: true, quic: true }] });
    expect(parse('80 default')).toMatchObject({ listens: [{ ssl: false, isDefault: true }] });
  });

  it('gives a reason for what cannot be dialled', () => {
    expect(addresses('unix:/run/x.sock')).toContain('local socket');
    expect(addresses('1-60000')).toContain('too long');
  });
});
