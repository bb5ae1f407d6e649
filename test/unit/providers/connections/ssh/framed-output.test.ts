import { expect, test } from 'vitest';
import { FramedOutput } from '../../../../../electron/providers/connections/ssh/framed-output.ts';

const marks = { begin: 'Mb', end: 'Me' };
const noise = 'Welcome\nM\nMbM';

function heard(parts: readonly Buffer[], limit = 1000): FramedOutput {
  const output = new FramedOutput(marks, limit);
  for (const part of parts) output.push(part);
  return output;
}

/** The same in two parts, cut at every byte, and byte by byte. */
function* cuts(text: Buffer): Generator<Buffer[]> {
  for (let at = 0; at <= text.length; at += 1) yield [text.subarray(0, at), text.subarray(at)];
  yield [...text].map((byte) => Buffer.from([byte]));
}

test.each([
  ['nothing', ''],
  ['a line', 'one\n'],
  ['no end of line', 'one'],
  ['bytes that are no text', Buffer.from([0, 255, 10, 77, 0, 13]).toString('latin1')],
  ['what looks like the beginning of a mark', 'MMMb\nM'],
])('what stands between the marks is given as it is: %s', (_what, content) => {
  const text = Buffer.from(`${noise}\nMb\n${content}Me 7\nlater`, 'latin1');
  for (const parts of cuts(text)) {
    const output = heard(parts);
    expect(output.bytes().toString('latin1')).toBe(content);
    expect([output.begun, output.said, output.cut]).toEqual([true, '7', false]);
  }
});

test('what was printed is there before the end is, and noise alone is nothing', () => {
  const half = heard([Buffer.from(`${noise}\nMb\nhalf of M`)]);
  expect([half.bytes().toString(), half.begun, half.said]).toEqual(['half of M', true, null]);
  const none = heard([Buffer.from(noise)]);
  expect([none.bytes().length, none.begun, none.said]).toEqual([0, false, null]);
  const unended = heard([Buffer.from('Mb\nallMe 1')]);
  expect([unended.bytes().toString(), unended.said]).toEqual(['all', null]);
});

test('no more is kept than is wanted, and that is said, but the end is still found', () => {
  const parts = ['Mb\n', 'aaaa', 'bbbb', 'cccc', 'Me 0\n'].map((part) => Buffer.from(part));
  const output = heard(parts, 6);
  expect([output.bytes().toString(), output.cut, output.said]).toEqual(['aaaabb', true, '0']);
  expect(heard(parts, 12).cut).toBe(false);
});
