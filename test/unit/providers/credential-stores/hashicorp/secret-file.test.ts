import { describe, expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import { secretInFile } from '../../../../../electron/providers/credential-stores/hashicorp/secret-file.ts';

const holding = (content: string | Buffer) => async () => Buffer.from(content as string);
const failing = (code: string) => () => Promise.reject(Object.assign(new Error('no'), { code }));
const failureOf = (read: () => Promise<Buffer>) => secretInFile('/etc/x', read).catch(asFailure);

describe('a secret file', () => {
  test.each(['abc', 'abc\n', ' abc\r\n\n', '\uFEFFabc\n'])('with %j holds one word', async (content) => {
    expect((await secretInFile('/etc/x', holding(content))).text()).toBe('abc');
  });

  test.each([
    [holding(''), /is empty/, 'later'],
    [holding(' \n'), /is empty/, 'later'],
    [holding('TOP SECRET'), /does not contain exactly one SecretID/, 'needs-person'],
    [holding(Buffer.from([0, 1, 2])), /does not contain exactly one SecretID/, 'needs-person'],
    [holding('x'.repeat(8193)), /too large/, 'needs-person'],
    [failing('ENOENT'), /does not exist/, 'later'],
    [failing('ENOTDIR'), /does not exist/, 'later'],
    [failing('EACCES'), /The account that Trustkeep runs as is not allowed to read/, 'needs-person'],
    [failing('EISDIR'), /not a regular file/, 'needs-person'],
    [failing('EIO'), /could not be read/, 'later'],
  ])('that cannot be used says why, and not what is in it: case %#', async (read, said, retry) => {
    const failure = await failureOf(read);
    expect(failure).toMatchObject({
      code: 'credential-store.secret-file',
      message: expect.stringMatching(said),
      retry,
    });
    expect(JSON.stringify(failure)).not.toContain('TOP SECRET');
  });
});
