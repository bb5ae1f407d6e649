import { describe, expect, test } from 'vitest';
import { bypassRule, isLoopback } from '../../../../electron/net/proxy/bypass.ts';

describe('loopback', () => {
  test.each([
    '127.0.0.1',
    '127.9.8.7',
    '::1',
    '[::1]',
    'localhost',
    'LOCALHOST.',
    'a.localhost',
    '::ffff:127.0.0.1',
  ])('%s is', (host) => expect(isLoopback(host)).toBe(true));
  test.each([
    '10.0.0.1',
    '128.0.0.1',
    'localhost.example',
    'notlocalhost',
    '::2',
    '0.0.0.0',
    '127.0.0.1.example',
  ])('%s is not', (host) => expect(isLoopback(host)).toBe(false));
});

describe('what is reached directly', () => {
  const hit: [rule: string, host: string, port?: number][] = [
    ['vault', 'vault'],
    ['Vault.Corp', 'vault.corp.'],
    ['*.corp', 'a.corp'],
    ['*.corp', 'a.b.CORP'],
    ['.corp', 'corp'],
    ['.corp', 'a.b.corp'],
    ['*', 'anything.example'],
    ['10.*', '10.1.2.3'],
    ['web*.corp', 'web01.corp'],
    ['*a*b', 'xaxb'],
    ['10.0.0.0/8', '10.255.0.1'],
    ['192.168.1.0/24', '192.168.1.255'],
    ['0.0.0.0/0', '8.8.8.8'],
    ['fd00::/8', 'fd12::1'],
    ['fd00::/8', '[fd12::1]'],
    ['2001:db8::1', '2001:DB8:0::1'],
    ['vault:8200', 'vault', 8200],
    ['*.corp:443', 'a.corp', 443],
    ['10.0.0.1:8443', '10.0.0.1', 8443],
    ['[fd00::1]:8443', 'fd00::1', 8443],
    ['[fd00::1]', 'fd00::1'],
    ['<local>', 'intranet'],
    [' vault ', 'vault'],
  ];
  test.each(hit)('"%s" matches %s', (rule, host, port = 443) =>
    expect(bypassRule(['never.example', rule], { host, port })).toBe(rule),
  );

  const miss: [rule: string, host: string, port?: number][] = [
    ['vault', 'vault2'],
    ['vault', 'a.vault'],
    ['*.corp', 'corp'],
    ['*.corp', 'evilcorp'],
    ['.corp', 'evilcorp'],
    ['*.corp', 'a.corp.evil.example'],
    ['a*a', 'a'],
    ['*a*b', 'xb'],
    ['10.0.0.0/8', '11.0.0.1'],
    ['10.0.0.0/8', '10.0.0.1.example'],
    ['10.0.0.0/99', '10.0.0.1'],
    ['10.0.0.0/', '10.0.0.1'],
    ['fd00::/8', '10.0.0.1'],
    ['fd00::/200', 'fd00::1'],
    ['vault:8200', 'vault', 443],
    ['*:80', 'a.example', 443],
    ['<local>', 'a.b'],
    ['<local>', '10.0.0.1'],
    ['<local>', 'fd00::1'],
    ['', 'vault'],
    ['/', 'vault'],
    ['[', 'vault'],
    [':443', 'vault'],
  ];
  test.each(miss)('"%s" does not match %s', (rule, host, port = 443) =>
    expect(bypassRule([rule], { host, port })).toBeNull(),
  );

  test('a pattern full of stars takes no time', () => {
    const before = process.cpuUsage();
    expect(bypassRule([`${'*a'.repeat(5000)}b`], { host: 'a'.repeat(255), port: 443 })).toBeNull();
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000); // of our own, whatever else runs here
  });
});
