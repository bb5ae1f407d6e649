import { describe, expect, test } from 'vitest';
import {
  type Elevation,
  elevate,
  stdinHead,
  wantsPassword,
} from '../../../../../electron/providers/connections/ssh/sudo.ts';
import { Secret } from '../../../../../electron/secrets/secret.ts';

const sudo = '/usr/bin/sudo';
const none: Elevation = { how: 'none', why: 'this is root' };
const free: Elevation = { how: 'free', sudo };
const password: Elevation = { how: 'password', sudo, password: Secret.of('hunter2') };

describe('sudo', () => {
  test('goes before the line, and the password does not go into it', () => {
    expect(elevate('LINE', none)).toBe('LINE');
    expect(elevate('LINE', free)).toBe("'/usr/bin/sudo' -n -- LINE");
    expect(elevate('LINE', password)).toBe("'/usr/bin/sudo' -k -S -p '' -- LINE");
  });
  test('gets the password first, and after it the guard that keeps it out of files', () => {
    expect(stdinHead(none, 'MARK')).toEqual([]);
    expect(stdinHead(free, 'MARK')).toEqual([]);
    expect(Buffer.concat(stdinHead(password, 'MARK')).toString()).toBe('hunter2\nMARK\n');
  });
  test('is heard when it wants a password', () => {
    expect(wantsPassword('sudo: a password is required')).toBe(true);
    expect(wantsPassword('sudo: interactive authentication is required')).toBe(true);
    expect(wantsPassword('sudo: sorry, you must have a tty to run sudo')).toBe(false);
  });
});
