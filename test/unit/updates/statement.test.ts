import { describe, expect, test } from 'vitest';
import { asFailure } from '#shared/failure.ts';
import { makeReleaseKey } from '#test/servers/update-feed.ts';
import { keyId, refuseUnsigned, type Statement, statementText } from '../../../electron/updates/statement.ts';
import { signStatement } from '../../../scripts/release/feed.ts';

const statement: Statement = {
  version: '1.2.3',
  channel: 'latest',
  platform: 'linux',
  arch: 'x64',
  name: 'trustkeep-1.2.3-linux-x86_64.AppImage',
  size: 1234,
  sha512: 'c2hhNTEy',
};
const [first, second, stranger] = [makeReleaseKey(), makeReleaseKey(), makeReleaseKey()];
const keys = [first.raw, second.raw];

function codeOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return asFailure(error).code;
  }
}

test('the signed text holds every fact on a line of its own, behind the number of its format', () => {
  expect(statementText(statement).toString()).toBe(
    [
      'trustkeep-update-1',
      'product: trustkeep',
      'version: 1.2.3',
      'channel: latest',
      'platform: linux',
      'arch: x64',
      'name: trustkeep-1.2.3-linux-x86_64.AppImage',
      'size: 1234',
      'sha512: c2hhNTEy',
      '',
    ].join('\n'),
  );
});

describe('a statement counts', () => {
  test.each([first, second])('with a signature by either key', (key) => {
    expect(codeOf(() => refuseUnsigned(statement, [signStatement(statement, key.privateKey)], keys))).toBe(
      null,
    );
  });

  test('not without a key in the program', () => {
    const signatures = [signStatement(statement, first.privateKey)];
    expect(codeOf(() => refuseUnsigned(statement, signatures, []))).toBe('update.no-keys');
  });

  test('not without a signature, nor with one by another key', () => {
    expect(codeOf(() => refuseUnsigned(statement, [], keys))).toBe('update.not-signed');
    const foreign = signStatement(statement, stranger.privateKey);
    expect(codeOf(() => refuseUnsigned(statement, [foreign], keys))).toBe('update.not-signed');
    // though it says that it is by ours
    const posing = { ...foreign, key: keyId(first.raw) };
    expect(codeOf(() => refuseUnsigned(statement, [posing], keys))).toBe('update.not-signed');
  });

  test.each(Object.keys(statement) as (keyof Statement)[])('not when another %s was signed', (name) => {
    const signatures = [signStatement(statement, first.privateKey)];
    const other = { ...statement, [name]: name === 'size' ? 1235 : `${statement[name]}x` };
    expect(codeOf(() => refuseUnsigned(other, signatures, keys))).toBe('update.not-signed');
  });

  test.each(['1.2.3\nchannel: beta', 'ü', '\u0000'])(
    'not with characters that could be another line: %j',
    (version) => {
      expect(codeOf(() => statementText({ ...statement, version }))).toBe('update.not-signed');
    },
  );
});
