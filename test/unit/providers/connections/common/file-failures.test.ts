import { describe, expect, test } from 'vitest';
import {
  fileFailure,
  mustBeUsable,
} from '../../../../../electron/providers/connections/common/file-failures.ts';

const place = { host: 'web1', user: 'deploy', remedy: 'Let it use sudo.' };

describe('a failure about a file', () => {
  test('that is denied names user, path, host and the right that is needed', () => {
    const failure = fileFailure('denied', 'write', '/etc/tls/a.pem', place, {
      peerSaid: 'Permission denied',
    });
    expect(failure.toData()).toEqual({
      code: 'file.denied',
      sentence:
        'User deploy is not allowed to write /etc/tls/a.pem on web1: it needs permission to write in /etc/tls and to keep the owner of the file.',
      hint: 'Let it use sudo.',
      retry: 'needs-person',
      peerSaid: 'Permission denied',
    });
    expect(fileFailure('denied', 'examine', '/a.pem', place).message).toContain(
      'it needs permission to search /',
    );
    expect(fileFailure('denied', 'examine', 'C:\\tls\\a.pem', place).message).toContain('to search C:\\tls.');
  });
  test('on a full disk names path and host and says that nothing was lost', () => {
    const failure = fileFailure('disk-full', 'write', '/a', place);
    expect(failure.code).toBe('file.disk-full');
    expect(failure.message).toBe(
      'There is not enough space to write /a on web1. Its previous content is unchanged.',
    );
  });
  test('refuses paths that are relative or hold a NUL', () => {
    const absolute = (path: string) => path.startsWith('/');
    expect(() => mustBeUsable('/a b', absolute)).not.toThrow();
    expect(() => mustBeUsable('a', absolute)).toThrow('"a" is not an absolute path.');
    expect(() => mustBeUsable('/a\0', absolute)).toThrow('not an absolute path');
  });
});
