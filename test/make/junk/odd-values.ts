import type { Chance } from '../random.ts';

/**
 * Texts that no field expects. Whoever takes one of them for a path finds a place that nothing can be written to, and whoever
 * takes one for a host finds none that `onlyLoopback` lets through.
 */
const texts: readonly string[] = [
  ...['', ' ', '-', '--help', '.', '0', '-1', '1e400', 'NaN', 'null', 'true', '[]', '{}'],
  ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'prototype'],
  ...['\0', 'a\0b', '\u001b[2J\u202e\r\n', '\ud800', '\udfff\ud800', '\ufeffa', 'e\u0301\u0301\u0301', '😀'],
  ...['../../../../etc/passwd', '..\\..\\windows', '%2e%2e%2f', '~root', '/dev/zero', '/dev/null/x'],
  ...['/proc/self/mem', '/proc/nonexistent/x', `/proc/${'a/'.repeat(2100)}`, '\\\\.\\pipe\\x', 'C:\\x'],
  ...["' OR 1=1; DROP TABLE endpoints; --", '$(touch trustkeep-junk)', '`id`', '; id', '*', '$IFS', '%s%n'],
  ...['http://', 'http://[::1', 'https://user:word@127.0.0.1/', 'file:///etc/passwd', 'javascript:alert(1)'],
  ...[
    'https://127.0.0.1:99999/',
    '127.0.0.1:0',
    '[::1]:-1',
    '256.256.256.256',
    '::ffff:127.0.0.1',
    '*.*.example',
  ],
  ...['2026-02-30T25:61:61Z', 'SHA256:', 'xn--', 'a'.repeat(64), `${'a.'.repeat(200)}example`],
  '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
];

const numbers: readonly number[] = [
  ...[-1, -0, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, 5e-324],
  ...[2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 65_536],
];

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let at = 0; at < depth; at += 1) value = at % 2 === 0 ? { value } : [value];
  return value;
}

const others: readonly ((chance: Chance) => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => [],
  () => ({}),
  () => [[[[]]]],
  () =>
    JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as unknown,
  (chance) => nested(1 + chance.int(400)),
  () => new Date(Number.NaN),
  () => 2n ** 64n,
  () => new Map([['a', new Set([1])]]),
  () => /x/g,
  () => Array.from({ length: 2000 }, (_, at) => at),
  (chance) => 'x'.repeat(chance.pick([300, 5000, 70_000, 300_000])),
  (chance) => chance.bytes(40).toString('latin1'),
  (chance) => String.fromCodePoint(...Array.from({ length: 20 }, () => chance.int(0x11_0000))),
];

/** A value that stands where another one is expected. */
export function oddValue(chance: Chance): unknown {
  switch (chance.int(3)) {
    case 0:
      return chance.pick(texts);
    case 1:
      return chance.pick(numbers);
    default:
      return chance.pick(others)(chance);
  }
}

/** Names that no input has, or that every object has. */
export const oddKeys: readonly string[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'toJSON', 'then', 'length'],
  ...['', ' ', 'changes', 'id', 'key\0', 'x'.repeat(3000), '$where', '0'],
];
