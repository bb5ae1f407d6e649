import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { Accounts } from '../../../../../electron/providers/connections/local/accounts.ts';
import { explain, troubleOf } from '../../../../../electron/providers/connections/local/trouble.ts';

const place = { host: 'this machine', user: 'tom', remedy: 'Run it as root.' };

describe('the machine the agent runs on', () => {
  test.each([
    ['ENOENT', 'missing'],
    ['ENOTDIR', 'missing'],
    ['EACCES', 'denied'],
    ['EPERM', 'denied'],
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EROFS', 'read-only'],
    ['EISDIR', 'is-directory'],
    ['ENAMETOOLONG', 'name-too-long'],
    ['EIO', 'failed'],
  ])('means %s as %s', (code, trouble) => {
    expect(troubleOf(Object.assign(new Error('x'), { code }))).toBe(trouble);
  });
  test('explains an error once, with its cause, and leaves a failure as it is', () => {
    const error = Object.assign(new Error("EACCES: permission denied, open '/a/b'"), { code: 'EACCES' });
    const failure = explain(error, 'read', '/a/b', place);
    expect(failure).toMatchObject({
      code: 'file.denied',
      message: 'User tom is not allowed to read /a/b on this machine: it needs permission to read the file.',
      hint: 'Run it as root.',
      cause: error,
    });
    expect(explain(failure, 'write', '/other', place)).toBe(failure);
    expect(explain('nonsense', 'read', '/a', place)).toBeInstanceOf(Failure);
  });
  test.runIf(process.platform === 'linux')('knows names and ids of its users and groups', async () => {
    const accounts = new Accounts();
    const { uid, username } = userInfo();
    expect(await accounts.nameOf('passwd', uid)).toBe(username);
    expect(await accounts.idOf('passwd', username)).toBe(uid);
    expect(await accounts.nameOf('group', 0)).toBe('root');
    expect(await accounts.nameOf('passwd', 54_321)).toBe('54321');
    expect(await accounts.idOf('passwd', '54321')).toBe(54_321);
    expect(await accounts.idOf('group', 'no-such-group')).toBeNull();
    expect(await accounts.idOf('passwd', '-x')).toBeNull();
  });
});
