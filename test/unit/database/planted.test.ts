import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

describe.skipIf(process.platform === 'win32')('what other accounts can change', () => {
  const copy = `backups/trustkeep.db-${Date.UTC(2026, 0, 1)}.backup`;
  /** As the agent leaves it. */
  function used(mode: number): void {
    mkdirSync(at('backups'), { mode: 0o700 });
    for (const name of ['trustkeep.db', 'trustkeep.db.restored', 'master.key', copy])
      writeFileSync(at(name), name, { mode: 0o600 });
    chmodSync(at(''), mode);
  }

  test.each(
    [0o777, 0o770, 0o755, 0o750].flatMap(
      (mode) =>
        [
          [mode, 'trustkeep.db', 0o666],
          [mode, 'trustkeep.db.restored', 0o620],
          [mode, 'master.key', 0o602],
          [mode, 'backups', 0o777],
          [mode, copy, 0o660],
        ] as const,
    ),
  )('in a data directory of mode %o is refused: %s of mode %o, with what to do', (mode, name, open) => {
    used(mode);
    take();
    chmodSync(at(name), open);
    expect(take).toThrow(
      expect.objectContaining({
        code: 'database.planted',
        message: `Other accounts can change ${at(name)}: its mode is 0${open.toString(8)}.`,
        hint: expect.stringContaining(`(chmod go-w ${at(name)}). Nothing was changed.`),
      }),
    );
    chmodSync(at(name), open & ~0o022);
    take();
  });

  test('is no matter where no other account can come to it, nor may others read', () => {
    used(0o700);
    chmodSync(at('trustkeep.db'), 0o666);
    chmodSync(at('backups'), 0o777);
    take();
    chmodSync(at('trustkeep.db'), 0o644);
    chmodSync(at('backups'), 0o755);
    chmodSync(at(''), 0o755);
    take();
  });

  test('is refused through a link that the owner of the directory laid', () => {
    used(0o755);
    const elsewhere = join(directory.path, 'elsewhere');
    mkdirSync(elsewhere);
    rmSync(at('backups'), { recursive: true });
    symlinkSync(elsewhere, at('backups'));
    take();
    chmodSync(elsewhere, 0o777);
    expect(take).toThrow(/can change .*backups: its mode is 0777/);
  });

  test.runIf(process.getuid?.() === 0)(
    'is refused when a third account owns it; root may use the directory of the service',
    () => {
      used(0o755);
      for (const name of ['', 'trustkeep.db', 'backups']) chownSync(at(name), 65534, 65534);
      take();
      chownSync(at('backups'), 65533, 65533);
      expect(take).toThrow(
        expect.objectContaining({
          message: `Other accounts can change ${at('backups')}: it belongs to user 65533.`,
          hint: expect.stringContaining(`(chown 0 ${at('backups')})`),
        }),
      );
    },
  );
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
