import { chmodSync, chownSync, linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquireAgentLock } from '../../../electron/database/agent-lock.ts';
import { tempDirectory } from '../../make/directory.ts';

let directory: ReturnType<typeof tempDirectory>;
const at = (name: string) => join(directory.path, 'data', name);
beforeEach(() => {
  directory = tempDirectory('planted');
  mkdirSync(at(''));
  chmodSync(at(''), 0o777);
});
afterEach(() => directory.remove());

/** A file elsewhere that must stay as it is. */
function treasure(): string {
  const path = join(directory.path, 'treasure');
  writeFileSync(path, 'untouched', { mode: 0o600 });
  return path;
}

const take = () => acquireAgentLock(at(''), 'headless').release();

describe.skipIf(process.platform === 'win32')('a data directory that others can write to', () => {
  test.each([
    'agent.json',
    'agent.lock',
    'master.key',
    'trustkeep.db',
    'trustkeep.db-wal',
    'trustkeep.db-ballast',
    'trustkeep.db.restored',
    'backups',
    'run',
  ])('is refused with a link under the name %s, and nothing is written through it', (name) => {
    const target = treasure();
    symlinkSync(target, at(name));
    expect(take).toThrow(
      expect.objectContaining({
        code: 'database.planted',
        message: `Others can write to the data directory ${at('')}, and ${at(name)} may have been laid there by one of them: it is a symbolic link.`,
        hint: expect.stringContaining('Nothing was changed.'),
      }),
    );
    expect(readFileSync(target, 'utf8')).toBe('untouched');
  });

  test('is refused with a hard link, and with a file in the place of a folder', () => {
    linkSync(treasure(), at('agent.json'));
    expect(take).toThrow(expect.objectContaining({ message: expect.stringContaining('hard link') }));
    chmodSync(at(''), 0o755);
    take(); // nobody else can have laid it there: it is replaced
    chmodSync(at(''), 0o777);
    writeFileSync(at('backups'), '');
    expect(take).toThrow(expect.objectContaining({ message: expect.stringContaining('is not a folder') }));
  });

  test.runIf(process.getuid?.() === 0)('is refused with a file of another account', () => {
    writeFileSync(at('agent.json'), '{}');
    chownSync(at('agent.json'), 65534, 65534);
    expect(take).toThrow(
      expect.objectContaining({ message: expect.stringContaining('it belongs to user 65534, not to 0') }),
    );
  });

  test('is used while everything in it is of this account', () => {
    take();
    take();
  });
});

test.skipIf(process.platform === 'win32')(
  'What stands in the place of the note is replaced, never written through',
  () => {
    chmodSync(at(''), 0o700);
    const target = treasure();
    symlinkSync(target, at('agent.json'));
    const lock = acquireAgentLock(at(''), 'headless');
    expect(JSON.parse(readFileSync(at('agent.json'), 'utf8'))).toMatchObject({ face: 'headless' });
    expect(readFileSync(target, 'utf8')).toBe('untouched');
    lock.release();
  },
);
