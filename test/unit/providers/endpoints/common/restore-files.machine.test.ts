import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restoreSnapshot } from '../../../../../electron/providers/endpoints/common/restore-files.ts';
import { plannedFiles } from '../../../../make/planned-files.ts';

let files: ReturnType<typeof plannedFiles>;
beforeEach(() => {
  files = plannedFiles();
});
afterEach(() => files.remove());

const at = (name: string): string => files.at(name);
const put = (name: string, content: string, mode?: number): string => files.put(name, content, mode);

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
    const snapshot = await files.take(plan, [at('made')]);
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

  test('brings back what it can where a directory lies in the place of a file, and fails', async () => {
    put('site.crt', 'old certificate');
    put('site.key', 'old key', 0o600);
    const plan = [await files.planned('site.crt'), await files.planned('site.key', 'private-key')];
    const snapshot = await files.take(plan);
    put('site.key', 'new key', 0o600);
    rmSync(at('site.crt'));
    mkdirSync(at('site.crt'));
    await expect(restoreSnapshot(files.connection, snapshot)).rejects.toMatchObject({
      code: 'file.not-a-file',
    });
    expect(readFileSync(at('site.key'), 'utf8')).toBe('old key');
  });

  test('is not exact when what came back is not as it was', async () => {
    put('site.crt', 'old', 0o640);
    const snapshot = await files.take([await files.planned('site.crt')]);
    put('site.crt', 'new');
    chmodSync(at('.trustkeep-task_1.kept.site.crt'), 0o666);
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({ exact: false });
  });

  test('does not touch a file that is as it was', async () => {
    put('site.crt', 'old');
    const snapshot = await files.take([await files.planned('site.crt')]);
    const { ino } = statSync(at('site.crt'));
    await restoreSnapshot(files.connection, snapshot);
    expect(statSync(at('site.crt')).ino).toBe(ino);
  });

  test.each([
    ['is gone', (kept: string) => rmSync(kept)],
    ['was changed by someone', (kept: string) => writeFileSync(kept, 'other')],
  ])('is not exact when a kept copy %s, and the file stays as it is', async (_what, spoil) => {
    put('site.crt', 'old');
    const snapshot = await files.take([await files.planned('site.crt')]);
    put('site.crt', 'new');
    spoil(at('.trustkeep-task_1.kept.site.crt'));
    const report = await restoreSnapshot(files.connection, snapshot);
    expect(report).toMatchObject({ exact: false, sentence: expect.stringContaining(at('site.crt')) });
    expect(readFileSync(at('site.crt'), 'utf8')).toBe('new');
  });

  test('is not exact when a directory that was made holds something of somebody else', async () => {
    put('site.crt', 'old');
    mkdirSync(at('made'));
    const snapshot = await files.take([await files.planned('site.crt')], [at('made')]);
    put('made/theirs', 'x');
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({ exact: false });
    expect(existsSync(at('made/theirs'))).toBe(true);
  });

  test('leaves new files where they are until everything old is back: the configuration may name them', async () => {
    put('site.conf', 'old');
    put('site.crt', 'old');
    const plan = [await files.planned('site.conf', 'configuration'), await files.planned('new.crt')];
    mkdirSync(at('made'));
    const snapshot = await files.take(plan, [at('made')]);
    put('site.conf', 'names new.crt');
    put('new.crt', 'new');
    const kept = readFileSync(at('.trustkeep-task_1.kept.site.conf'));
    rmSync(at('.trustkeep-task_1.kept.site.conf'));
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({
      exact: false,
      sentence: expect.stringMatching(/site\.conf is missing.*The new files were left in place/s),
    });
    expect(readFileSync(at('new.crt'), 'utf8')).toBe('new');
    expect(existsSync(at('made'))).toBe(true);
    put('.trustkeep-task_1.kept.site.conf', kept.toString());
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({ exact: true });
    expect(existsSync(at('new.crt'))).toBe(false);
    expect(existsSync(at('made'))).toBe(false);
  });

  test.each(['victim', 'nothing'])('touches nothing through a link, here to %s, and names it', async (to) => {
    put('site.crt', 'old', 0o644);
    put('victim', 'precious', 0o644);
    const snapshot = await files.take([await files.planned('site.crt')]);
    rmSync(at('site.crt'));
    symlinkSync(at(to), at('site.crt'));
    const report = await restoreSnapshot(files.connection, snapshot);
    expect(report).toMatchObject({ exact: false });
    expect(report.sentence).toContain(at('site.crt'));
    expect(report.sentence).toContain(at(to));
    expect(readFileSync(at('victim'), 'utf8')).toBe('precious');
    expect(existsSync(at('nothing'))).toBe(false);
    expect(lstatSync(at('site.crt')).isSymbolicLink()).toBe(true);
    rmSync(at('site.crt'));
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({ exact: true });
  });

  test('is not exact through a link to a file that is just as the old one', async () => {
    put('site.crt', 'old');
    const snapshot = await files.take([await files.planned('site.crt')]);
    renameSync(at('site.crt'), at('moved'));
    symlinkSync(at('moved'), at('site.crt'));
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({ exact: false });
  });

  test('removes nothing below a directory that became a link', async () => {
    put('site.crt', 'old');
    mkdirSync(at('made'));
    mkdirSync(at('theirs/made'), { recursive: true });
    const snapshot = await files.take([await files.planned('made/site.crt')], [at('made'), at('made/made')]);
    rmSync(at('made'), { recursive: true });
    symlinkSync(at('theirs'), at('made'));
    put('theirs/site.crt', 'precious');
    const report = await restoreSnapshot(files.connection, snapshot);
    expect(report).toMatchObject({ exact: false, sentence: expect.stringContaining('now leads to') });
    expect(readFileSync(at('theirs/site.crt'), 'utf8')).toBe('precious');
    expect(existsSync(at('theirs/made'))).toBe(true);
  });

  test('does not take a link to a copy for the copy', async () => {
    put('site.crt', 'old');
    const snapshot = await files.take([await files.planned('site.crt')]);
    put('site.crt', 'new');
    renameSync(at('.trustkeep-task_1.kept.site.crt'), at('moved'));
    symlinkSync(at('moved'), at('.trustkeep-task_1.kept.site.crt'));
    expect(await restoreSnapshot(files.connection, snapshot)).toMatchObject({ exact: false });
    expect(readFileSync(at('site.crt'), 'utf8')).toBe('new');
  });
});
