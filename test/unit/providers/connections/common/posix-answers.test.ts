import { describe, expect, test } from 'vitest';
import { exits } from '../../../../../electron/providers/connections/common/posix.ts';
import { readStat, troubleOf } from '../../../../../electron/providers/connections/common/posix-answers.ts';

describe('what hosts answer about files', () => {
  test('is read from GNU stat', () => {
    expect(readStat('/l', '81a0 1843 0 110 1700000000 2\nroot\nssl-cert\n/etc/ssl/a\nb\n')).toEqual({
      path: '/l',
      realPath: '/etc/ssl/a\nb',
      system: 'posix',
      kind: 'file',
      size: 1843,
      mode: 0o640,
      owner: 'root',
      group: 'ssl-cert',
      uid: 0,
      gid: 110,
      modifiedAt: 1_700_000_000_000,
      names: 2,
    });
  });
  test('is read when ids have no names, or names have spaces', () => {
    const facts = readStat('/d', '41ed 0 4711 12 0\nUNKNOWN\nACME\\domain users\n/d\n');
    expect(facts).toMatchObject({
      kind: 'directory',
      mode: 0o755,
      owner: '4711',
      group: 'ACME\\domain users',
      names: 1,
    });
  });
  test('is a failure when it is no answer', () => {
    expect(() => readStat('/x', 'Segmentation fault\n')).toThrow('could not be read');
  });

  test.each([
    [exits.notFound, "ls: cannot access '/x': No such file or directory", 'missing'],
    [exits.notFound, "stat: can't stat '/x/y': Not a directory", 'missing'],
    [exits.notWritten, "dd: error writing '/x': No space left on device\n0+0 records in\n", 'disk-full'],
    [exits.notWritten, "dd: writing '/x': Disk quota exceeded", 'disk-full'],
    [exits.notWritten, 'trustkeep: 14: cannot create /x: Permission denied', 'denied'],
    [exits.notWritten, "sh: can't create /x: Read-only file system", 'read-only'],
    [exits.notOwned, "chown: changing ownership of '/x': Operation not permitted", 'denied'],
    [exits.notOwned, "chown: invalid user: 'nobody2'", 'owner-unknown'],
    [exits.notOwned, 'chown: unknown user nobody2', 'owner-unknown'],
    [exits.notOwned, '', 'denied'],
    [exits.damaged, '', 'damaged'],
    [exits.isDirectory, '', 'is-directory'],
    [exits.notDirectory, '', 'no-directory'],
    [null, '', 'failed'],
    [1, "cat: '/a: Permission denied b': strange", 'failed'],
  ] as const)('with exit code %j and %j means %s', (code, stderr, trouble) => {
    expect(troubleOf(code, stderr)).toBe(trouble);
  });
});
