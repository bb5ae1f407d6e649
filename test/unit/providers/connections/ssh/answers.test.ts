import { describe, expect, test } from 'vitest';
import { readLook, readStat, troubleOf } from '../../../../../electron/providers/connections/ssh/answers.ts';
import { exits, trickyText } from '../../../../../electron/providers/connections/ssh/posix.ts';

describe('what hosts answer', () => {
  test('is read from GNU stat', () => {
    expect(readStat('/l', '81a0 1843 0 110 1700000000\nroot\nssl-cert\n/etc/ssl/a\nb\n')).toEqual({
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
    });
  });
  test('is read when ids have no names, or names have spaces', () => {
    const facts = readStat('/d', '41ed 0 4711 12 0\nUNKNOWN\nACME\\domain users\n/d\n');
    expect(facts).toMatchObject({
      kind: 'directory',
      mode: 0o755,
      owner: '4711',
      group: 'ACME\\domain users',
    });
  });
  test('is a failure when it is no answer', () => {
    expect(() => readStat('/x', 'Segmentation fault\n')).toThrow('could not be read');
  });

  const look = (lines: string[]) => `${lines.join('\n')}\necho=${trickyText}`;
  const good = ['uid=1000', 'os=Linux', 'stat=gnu', 'sum=sha256sum', 'sudo=/usr/bin/sudo', 'sudoer=free'];
  test('describes the host', () => {
    expect(readLook(look(good), 'web1', 'deploy')).toEqual({
      uid: 1000,
      os: 'Linux',
      tools: { stat: 'gnu', sum: 'sha256sum' },
      sudo: '/usr/bin/sudo',
      sudoer: 'free',
    });
  });
  test('names the programs that are missing', () => {
    const lines = ['uid=0', 'os=Linux', 'stat=gnu', 'missing=dd', 'missing=head'];
    expect(() => readLook(look(lines), 'web1', 'root')).toThrow(
      'web1 lacks programs that Trustkeep needs: dd, head, sha256sum (or openssl).',
    );
  });
  test('shows an interpreter that spoils quotes', () => {
    const spoiled = look(good).replace('\\', '');
    expect(() => readLook(spoiled, 'web1', 'deploy')).toThrow('does not give user deploy a POSIX');
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
