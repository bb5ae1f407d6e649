import { expect, test } from 'vitest';
import { readPacAnswer } from '../../../../electron/net/proxy/pac-answer.ts';
import { wayName } from '../../../../electron/net/proxy/route.ts';

const read = (text: string) => {
  const { ways, skipped } = readPacAnswer(text);
  return [ways.map(wayName), skipped];
};

test.each([
  ['DIRECT', ['direct'], []],
  ['', ['direct'], []],
  [' ; ', ['direct'], []],
  ['PROXY a:3128', ['proxy a:3128'], []],
  ['proxy A.corp:3128; direct', ['proxy a.corp:3128', 'direct'], []],
  [
    'HTTP a:8080;HTTPS b:8443 ; PROXY [fd00::1]:3128',
    ['proxy a:8080', 'https proxy b:8443', 'proxy [fd00::1]:3128'],
    [],
  ],
  ['PROXY a; HTTPS b', ['proxy a:80', 'https proxy b:443'], []],
  ['SOCKS s:1080; PROXY a:1', ['proxy a:1'], ['SOCKS s:1080']],
  ['SOCKS5 s:1081; SOCKS5 [fd00::1]', ['socks5 proxy s:1081', 'socks5 proxy [fd00::1]:1080'], []],
  ['SOCKS4 s:1080', [], ['SOCKS4 s:1080']],
  ['PROXY', [], ['PROXY']],
  ['PROXY a:0', [], ['PROXY a:0']],
  ['PROXY a:99999', [], ['PROXY a:99999']],
  ['PROXY user:pw@a:1', [], ['PROXY user:pw@a:1']],
  ['PROXY http://a:1/', [], ['PROXY http://a:1/']],
  ['a:3128', [], ['a:3128']],
  ['undefined', [], ['undefined']],
])('"%s"', (text, ways, skipped) => expect(read(text)).toEqual([ways, skipped]));
