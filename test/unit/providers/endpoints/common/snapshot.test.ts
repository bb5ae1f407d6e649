import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import { LocalConnection } from '../../../../../electron/providers/connections/local/local.ts';
import {
  discardKept,
  restoreSnapshot,
  takeSnapshot,
} from '../../../../../electron/providers/endpoints/common/snapshot.ts';
import {
  fileDrift,
  refuseDrift,
  refuseForeignContent,
  stateOf,
} from '../../../../../electron/providers/endpoints/common/states.ts';
import { tempDirectory } from '../../../../make/directory.ts';

let directory: ReturnType<typeof tempDirectory>;
const connection = new LocalConnection(systemClock);
const drifted = expect.objectContaining({ code: 'target.drifted' });

beforeEach(() => {
  directory = tempDirectory('snapshot');
});
afterEach(() => directory.remove());

const at = (name: string): string => join(directory.path, name);
const names = (): string[] => readdirSync(directory.path).toSorted();

function put(name: string, content: string, mode = 0o640): string {
  writeFileSync(at(name), content);
  chmodSync(at(name), mode);
  return at(name);
}

/** A file of a plan, as it is now. */
async function planned(name: string, holds: FileChange['holds'] = 'certificate'): Promise<FileChange> {
  const before = await stateOf(connection, at(name));
  const like = before ?? (await stateOf(connection, at('site.crt')));
  if (like === null) throw new Error('a file to be like is needed');
  return {
    kind: 'file',
    path: at(name),
    holds,
    before,
    after: { sha256: null, ownership: like.ownership },
  };
}

function take(files: readonly FileChange[], newDirectories: string[] = []): Promise<Snapshot> {
  const request = {
    nodeKey: 'node',
    files,
    previousFingerprint: 'aa',
    keepDir: directory.path,
    newDirectories,
  };
  return takeSnapshot(connection, request, 'task_1');
}

describe('a snapshot', () => {
  test('keeps an exact copy beside each file, with its mode, and notes which did not exist', async () => {
    put('site.crt', 'old certificate', 0o604);
    const snapshot = await take([await planned('site.crt'), await planned('new.crt')]);
    const kept = at('.trustkeep-task_1.kept.site.crt');
    expect(readFileSync(kept, 'utf8')).toBe('old certificate');
    expect(statSync(kept).mode & 0o777).toBe(0o604);
    expect(statSync(at('.trustkeep-task_1.snapshot')).mode & 0o777).toBe(0o600);
    expect(snapshot).toMatchObject({
      previousFingerprint: 'aa',
      kept: [
        { kind: 'file', path: at('site.crt'), keptAt: kept },
        { kind: 'file', path: at('new.crt'), keptAt: null, before: null },
      ],
    });
  });

  test('that is complete is only read again: what lies there by then is not taken for the old state', async () => {
    put('site.crt', 'old');
    const files = [await planned('site.crt'), await planned('new.crt')];
    const first = await take(files);
    put('site.crt', 'new');
    put('new.crt', 'new');
    expect(await take(files)).toEqual(first);
    expect(readFileSync(at('.trustkeep-task_1.kept.site.crt'), 'utf8')).toBe('old');
  });

  test('that was cut off keeps the copies it made, because they are older than any change', async () => {
    put('site.crt', 'old');
    const files = [await planned('site.crt')];
    await take(files);
    rmSync(at('.trustkeep-task_1.snapshot'));
    put('site.crt', 'half installed');
    expect((await take(files)).kept).toMatchObject([{ before: { sha256: files[0]?.before?.sha256 } }]);
    expect(readFileSync(at('.trustkeep-task_1.kept.site.crt'), 'utf8')).toBe('old');
  });

  test('is refused when a file is no longer as planned, or one that was to be new is there', async () => {
    put('site.crt', 'old');
    const files = [await planned('site.crt')];
    put('site.crt', 'changed by somebody');
    await expect(take(files)).rejects.toThrow(drifted);
    const fresh = [await planned('new.crt')];
    put('new.crt', 'put there by somebody');
    await expect(take(fresh)).rejects.toThrow(drifted);
    expect(names()).toEqual(['new.crt', 'site.crt']);
  });

  test('is refused when a kept copy is not exact', async () => {
    put('site.crt', 'old');
    const files = [await planned('site.crt')];
    put('.trustkeep-task_1.kept.site.crt', 'of somebody else');
    await expect(take(files)).rejects.toThrow(expect.objectContaining({ code: 'snapshot.not-exact' }));
  });
});

describe('restoring', () => {
  test('puts content and mode back, removes what is new, and says that it is exact', async () => {
    put('site.crt', 'old certificate', 0o644);
    put('site.key', 'old key', 0o600);
    const files = [
      await planned('site.crt'),
      await planned('site.key', 'private-key'),
      await planned('new.crt'),
    ];
    mkdirSync(at('made'));
    const snapshot = await take(files, [at('made')]);
    put('site.crt', 'new certificate', 0o600);
    put('site.key', 'new key', 0o644);
    put('new.crt', 'new');
    expect(await restoreSnapshot(connection, snapshot)).toMatchObject({ exact: true });
    expect(readFileSync(at('site.crt'), 'utf8')).toBe('old certificate');
    expect(statSync(at('site.crt')).mode & 0o777).toBe(0o644);
    expect(readFileSync(at('site.key'), 'utf8')).toBe('old key');
    expect(statSync(at('site.key')).mode & 0o777).toBe(0o600);
    expect(existsSync(at('new.crt'))).toBe(false);
    expect(existsSync(at('made'))).toBe(false);
    expect(await restoreSnapshot(connection, snapshot)).toMatchObject({ exact: true });
  });

  test('does not touch a file that is as it was', async () => {
    put('site.crt', 'old');
    const snapshot = await take([await planned('site.crt')]);
    const { ino } = statSync(at('site.crt'));
    await restoreSnapshot(connection, snapshot);
    expect(statSync(at('site.crt')).ino).toBe(ino);
  });

  test.each([
    ['is gone', (kept: string) => rmSync(kept)],
    ['was changed by someone', (kept: string) => writeFileSync(kept, 'other')],
  ])('is not exact when a kept copy %s, and the file stays as it is', async (_what, spoil) => {
    put('site.crt', 'old');
    const snapshot = await take([await planned('site.crt')]);
    put('site.crt', 'new');
    spoil(at('.trustkeep-task_1.kept.site.crt'));
    const report = await restoreSnapshot(connection, snapshot);
    expect(report).toMatchObject({ exact: false, sentence: expect.stringContaining(at('site.crt')) });
    expect(readFileSync(at('site.crt'), 'utf8')).toBe('new');
  });

  test('is not exact when a directory that was made holds something of somebody else', async () => {
    put('site.crt', 'old');
    mkdirSync(at('made'));
    const snapshot = await take([await planned('site.crt')], [at('made')]);
    put('made/theirs', 'x');
    expect(await restoreSnapshot(connection, snapshot)).toMatchObject({ exact: false });
    expect(existsSync(at('made/theirs'))).toBe(true);
  });
});

describe('clearing up', () => {
  test('removes what was made for this task, also where only its name tells, and nothing else', async () => {
    put('site.crt', 'old');
    const snapshot = await take([await planned('site.crt')]);
    put('.trustkeep-task_1.key.site.key', 'new key');
    put('.trustkeep-task_2.kept.site.crt', 'of another task');
    put('.trustkeep-task_10.snapshot', 'of another task too');
    await discardKept(connection, snapshot, [], 'task_1');
    expect(names()).toEqual(['.trustkeep-task_10.snapshot', '.trustkeep-task_2.kept.site.crt', 'site.crt']);
    put('.trustkeep-task_1.key.site.key', 'new key');
    await discardKept(connection, null, [directory.path, at('not-there')], 'task_1');
    expect(names()).not.toContain('.trustkeep-task_1.key.site.key');
  });
});

describe('drift', () => {
  test('is none while every file is as planned', async () => {
    put('site.crt', 'old');
    const files = [await planned('site.crt'), await planned('new.crt')];
    expect(await fileDrift(connection, files)).toEqual([]);
    expect(() => refuseDrift([], connection)).not.toThrow();
  });

  test.each<[string, (path: string) => void]>([
    ['has other content', (path) => writeFileSync(path, 'other')],
    ['now has mode', (path) => chmodSync(path, 0o666)],
    ['is missing', (path) => rmSync(path)],
    [
      'now leads to',
      (path) => {
        writeFileSync(`${path}.moved`, readFileSync(path));
        chmodSync(`${path}.moved`, 0o640);
        rmSync(path);
        symlinkSync(`${path}.moved`, path);
      },
    ],
  ])('is named: the file %s', async (what, change) => {
    const path = put('site.crt', 'old');
    const files = [await planned('site.crt')];
    change(path);
    const found = await fileDrift(connection, files);
    expect(found.join('; ')).toContain(what);
    expect(() => refuseDrift(found, connection)).toThrow(drifted);
  });

  test('is named where a new file would be written through a directory that became a link', async () => {
    put('site.crt', 'old');
    mkdirSync(at('live'));
    const files = [await planned('live/new.crt')];
    rmSync(at('live'), { recursive: true });
    mkdirSync(at('elsewhere'));
    symlinkSync(at('elsewhere'), at('live'));
    expect((await fileDrift(connection, files)).join()).toContain('now leads to');
  });

  test('of a new file is that it is there', async () => {
    put('site.crt', 'old');
    const files = [await planned('new.crt')];
    put('new.crt', 'x');
    expect((await fileDrift(connection, files)).join()).toContain('is new');
  });

  test('of many files names five and counts the rest', () => {
    const found = Array.from({ length: 7 }, (_, index) => `file ${index} is missing`);
    expect(() => refuseDrift(found, connection)).toThrow(/file 4 is missing; and 2 more/);
  });
});

describe('right before writing', () => {
  test('a file may be as planned or as it will be, so that an install can be repeated', async () => {
    put('site.crt', 'old');
    const files = [await planned('site.crt')];
    const before = files[0]?.before?.sha256 ?? '';
    await refuseForeignContent(connection, files, {});
    put('site.crt', 'new');
    const after = (await stateOf(connection, at('site.crt')))?.sha256 ?? '';
    await refuseForeignContent(connection, files, { [at('site.crt')]: after });
    await expect(refuseForeignContent(connection, files, { [at('site.crt')]: before })).rejects.toThrow(
      drifted,
    );
  });

  test('a file that is gone, or leads elsewhere, is refused', async () => {
    put('site.crt', 'old');
    const files = [await planned('site.crt')];
    rmSync(at('site.crt'));
    await expect(refuseForeignContent(connection, files, {})).rejects.toThrow(drifted);
    put('moved', 'old');
    symlinkSync(at('moved'), at('site.crt'));
    await expect(refuseForeignContent(connection, files, {})).rejects.toThrow(drifted);
  });
});

test('A directory in the place of a file has no state of a file', async () => {
  mkdirSync(at('site.crt'));
  await expect(stateOf(connection, at('site.crt'))).rejects.toThrow(
    expect.objectContaining({ code: 'file.not-a-file' }),
  );
});
