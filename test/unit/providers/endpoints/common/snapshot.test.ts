import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import {
  discardKept,
  restoreSnapshot,
  takeSnapshot,
} from '../../../../../electron/providers/endpoints/common/snapshot.ts';
import { plannedFiles } from '../../../../make/planned-files.ts';

let files: ReturnType<typeof plannedFiles>;
beforeEach(() => {
  files = plannedFiles();
});
afterEach(() => files.remove());

const at = (name: string): string => files.at(name);
const put = (name: string, content: string, mode?: number): string => files.put(name, content, mode);
const drifted = expect.objectContaining({ code: 'endpoint.drifted' });

function take(changes: readonly FileChange[], newDirectories: string[] = []): Promise<Snapshot> {
  const request = {
    nodeKey: 'node',
    files: changes,
    previousFingerprint: 'aa',
    keepDir: files.directory,
    newDirectories,
  };
  return takeSnapshot(files.connection, request, 'task_1');
}

describe('a snapshot', () => {
  test('keeps an exact copy beside each file, with its mode, and notes which did not exist', async () => {
    put('site.crt', 'old certificate', 0o604);
    const snapshot = await take([await files.planned('site.crt'), await files.planned('new.crt')]);
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
    const plan = [await files.planned('site.crt'), await files.planned('new.crt')];
    const first = await take(plan);
    put('site.crt', 'new');
    put('new.crt', 'new');
    expect(await take(plan)).toEqual(first);
    expect(readFileSync(at('.trustkeep-task_1.kept.site.crt'), 'utf8')).toBe('old');
  });

  test('that was cut off keeps the copies it made, because they are older than any change', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt')];
    await take(plan);
    rmSync(at('.trustkeep-task_1.snapshot'));
    put('site.crt', 'half installed');
    expect((await take(plan)).kept).toMatchObject([{ before: { sha256: plan[0]?.before?.sha256 } }]);
    expect(readFileSync(at('.trustkeep-task_1.kept.site.crt'), 'utf8')).toBe('old');
  });

  test('is refused when a file is no longer as planned, or one that was to be new is there', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt')];
    put('site.crt', 'changed by somebody');
    await expect(take(plan)).rejects.toThrow(drifted);
    const fresh = [await files.planned('new.crt')];
    put('new.crt', 'put there by somebody');
    await expect(take(fresh)).rejects.toThrow(drifted);
    expect(files.names()).toEqual(['new.crt', 'site.crt']);
  });

  test('is refused when a kept copy is not exact', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt')];
    put('.trustkeep-task_1.kept.site.crt', 'of somebody else');
    await expect(take(plan)).rejects.toThrow(expect.objectContaining({ code: 'snapshot.not-exact' }));
  });
});

describe('restoring', () => {
  test('puts content and mode back, removes what is new, and says that it is exact', async () => {
    put('site.crt', 'old certificate', 0o644);
    put('site.key', 'old key', 0o600);
    const plan = [
      await files.planned('site.crt'),
      await files.planned('site.key', 'private-key'),
      await files.planned('new.crt'),
    ];
    mkdirSync(at('made'));
    const snapshot = await take(plan, [at('made')]);
    put('site.crt', 'new certificate', 0o600);
    put('site.key', 'new key', 0o644);
    put('new.crt', 'new');
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({ exact: true });
    expect(readFileSync(at('site.crt'), 'utf8')).toBe('old certificate');
    expect(statSync(at('site.crt')).mode & 0o777).toBe(0o644);
    expect(readFileSync(at('site.key'), 'utf8')).toBe('old key');
    expect(statSync(at('site.key')).mode & 0o777).toBe(0o600);
    expect(existsSync(at('new.crt'))).toBe(false);
    expect(existsSync(at('made'))).toBe(false);
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({ exact: true });
  });

  test('does not touch a file that is as it was', async () => {
    put('site.crt', 'old');
    const snapshot = await take([await files.planned('site.crt')]);
    const { ino } = statSync(at('site.crt'));
    await restoreSnapshot(files.connection, snapshot);
    expect(statSync(at('site.crt')).ino).toBe(ino);
  });

  test.each([
    ['is gone', (kept: string) => rmSync(kept)],
    ['was changed by someone', (kept: string) => writeFileSync(kept, 'other')],
  ])('is not exact when a kept copy %s, and the file stays as it is', async (_what, spoil) => {
    put('site.crt', 'old');
    const snapshot = await take([await files.planned('site.crt')]);
    put('site.crt', 'new');
    spoil(at('.trustkeep-task_1.kept.site.crt'));
    const report = await restoreSnapshot(files.connection, snapshot);
    expect(report).toMatchObject({ exact: false, sentence: expect.stringContaining(at('site.crt')) });
    expect(readFileSync(at('site.crt'), 'utf8')).toBe('new');
  });

  test('is not exact when a directory that was made holds something of somebody else', async () => {
    put('site.crt', 'old');
    mkdirSync(at('made'));
    const snapshot = await take([await files.planned('site.crt')], [at('made')]);
    put('made/theirs', 'x');
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({ exact: false });
    expect(existsSync(at('made/theirs'))).toBe(true);
  });
});

describe('clearing up', () => {
  test('removes what was made for this task, also where only its name tells, and nothing else', async () => {
    put('site.crt', 'old');
    const snapshot = await take([await files.planned('site.crt')]);
    put('.trustkeep-task_1.key.site.key', 'new key');
    put('.trustkeep-task_2.kept.site.crt', 'of another task');
    put('.trustkeep-task_10.snapshot', 'of another task too');
    await discardKept(files.connection, snapshot, [], 'task_1');
    expect(files.names()).toEqual([
      '.trustkeep-task_10.snapshot',
      '.trustkeep-task_2.kept.site.crt',
      'site.crt',
    ]);
    put('.trustkeep-task_1.key.site.key', 'new key');
    await discardKept(files.connection, null, [files.directory, at('not-there')], 'task_1');
    expect(files.names()).not.toContain('.trustkeep-task_1.key.site.key');
  });
});
