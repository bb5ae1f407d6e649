import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renameOver } from '../../../electron/kit/rename-over.ts';
import { tempDirectory } from '../../make/directory.ts';

let directory: ReturnType<typeof tempDirectory>;
beforeEach(() => {
  directory = tempDirectory('rename-over');
});
afterEach(() => directory.remove());

/** A rename that is refused so many times, as Windows does while another program reads. */
function refusing(times: number, code: string) {
  const asked = { times: 0 };
  const rename = () => {
    asked.times += 1;
    if (asked.times <= times) throw Object.assign(new Error(code), { code });
  };
  return { asked, rename };
}

describe('a file that replaces another one', () => {
  test('has its place afterwards, and its content', () => {
    const [from, to] = [join(directory.path, 'new'), join(directory.path, 'old')];
    writeFileSync(from, 'new');
    writeFileSync(to, 'old');
    renameOver(from, to);
    expect(readFileSync(to, 'utf8')).toBe('new');
  });

  test.each(['EPERM', 'EACCES', 'EBUSY'])('is tried again on Windows after %s', (code) => {
    const { asked, rename } = refusing(3, code);
    renameOver('a', 'b', { rename, platform: 'win32' });
    expect(asked.times).toBe(4);
  });

  test('is given up when nothing else helps, with what was said', () => {
    const [there, here, missing] = [refusing(100, 'EBUSY'), refusing(1, 'EPERM'), refusing(1, 'ENOENT')];
    expect(() => renameOver('a', 'b', { rename: there.rename, platform: 'win32' })).toThrow('EBUSY');
    expect(() => renameOver('a', 'b', { rename: here.rename, platform: 'linux' })).toThrow('EPERM');
    expect(() => renameOver('a', 'b', { rename: missing.rename, platform: 'win32' })).toThrow('ENOENT');
    expect([there.asked.times, here.asked.times, missing.asked.times]).toEqual([7, 1, 1]);
  });
});
