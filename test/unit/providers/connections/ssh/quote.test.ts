import { describe, expect, test } from 'vitest';
import { quote, shellLine } from '../../../../../electron/providers/connections/ssh/quote.ts';

describe('quoting for a POSIX command interpreter', () => {
  test.each([
    ['plain', "'plain'"],
    ['', "''"],
    ["it's", "'it'\\''s'"],
    ["'", "''\\'''"],
    ['$(rm -rf /) `x` "y" \\ !', '\'$(rm -rf /) `x` "y" \\ !\''],
    ['two\nlines', "'two\nlines'"],
  ])('makes one word of %j', (text, quoted) => {
    expect(quote(text)).toBe(quoted);
  });
  test('refuses a NUL, which would cut the line', () => {
    expect(() => quote('a\0b')).toThrow(TypeError);
  });
  test('keeps arguments out of the script', () => {
    expect(shellLine('cat -- "$1"', ["/a'b"])).toBe(`/bin/sh -c 'cat -- "$1"' trustkeep '/a'\\''b'`);
  });
});
