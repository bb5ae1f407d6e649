import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  fileDrift as driftsOf,
  refuseDrift,
  refuseForeignContent,
  sentencesOf,
  stateOf,
} from '../../../../../electron/providers/endpoints/common/states.ts';
import { plannedFiles } from '../../../../make/planned-files.ts';

let files: ReturnType<typeof plannedFiles>;
beforeEach(() => {
  files = plannedFiles();
});
afterEach(() => files.remove());

const at = (name: string): string => files.at(name);
const put = (name: string, content: string, mode?: number): string => files.put(name, content, mode);
const fileDrift = async (...asked: Parameters<typeof driftsOf>) => sentencesOf(await driftsOf(...asked));
const drifted = expect.objectContaining({ code: 'endpoint.drifted' });

describe('drift', () => {
  test('is none while every file is as planned', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt'), await files.planned('new.crt')];
    expect(await fileDrift(files.connection, plan)).toEqual([]);
    expect(() => refuseDrift([], files.connection)).not.toThrow();
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
    const plan = [await files.planned('site.crt')];
    change(path);
    const found = await fileDrift(files.connection, plan);
    expect(found.join('; ')).toContain(what);
    expect(() => refuseDrift(found, files.connection)).toThrow(drifted);
  });

  test('is named where a new file would be written through a directory that became a link', async () => {
    put('site.crt', 'old');
    mkdirSync(at('live'));
    const plan = [await files.planned('live/new.crt')];
    rmSync(at('live'), { recursive: true });
    mkdirSync(at('elsewhere'));
    symlinkSync(at('elsewhere'), at('live'));
    expect((await fileDrift(files.connection, plan)).join()).toContain('now leads to');
  });

  test('is named where a link to nothing lies in the place of a new file', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('new.crt')];
    symlinkSync(at('elsewhere'), at('new.crt'));
    const said = `${at('new.crt')} is now a link to ${at('elsewhere')}`;
    expect(await fileDrift(files.connection, plan)).toEqual([said]);
    await expect(refuseForeignContent(files.connection, plan, {})).rejects.toThrow(said);
  });

  test('of a new file is that it is there', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('new.crt')];
    put('new.crt', 'x');
    expect((await fileDrift(files.connection, plan)).join()).toContain('is new');
  });

  test('of many files names five and counts the rest', () => {
    const found = Array.from({ length: 7 }, (_, index) => `file ${index} is missing`);
    expect(() => refuseDrift(found, files.connection)).toThrow(/file 4 is missing; and 2 more/);
  });
});

describe('right before writing', () => {
  test('a file may be as planned or as it will be, so that an install can be repeated', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt')];
    const before = plan[0]?.before?.sha256 ?? '';
    await refuseForeignContent(files.connection, plan, {});
    put('site.crt', 'new');
    const after = (await stateOf(files.connection, at('site.crt')))?.sha256 ?? '';
    await refuseForeignContent(files.connection, plan, { [at('site.crt')]: after });
    await expect(refuseForeignContent(files.connection, plan, { [at('site.crt')]: before })).rejects.toThrow(
      drifted,
    );
  });

  test('a file that is gone, or leads elsewhere, is refused', async () => {
    put('site.crt', 'old');
    const plan = [await files.planned('site.crt')];
    rmSync(at('site.crt'));
    await expect(refuseForeignContent(files.connection, plan, {})).rejects.toThrow(drifted);
    put('moved', 'old');
    symlinkSync(at('moved'), at('site.crt'));
    await expect(refuseForeignContent(files.connection, plan, {})).rejects.toThrow(drifted);
  });
});

test('A directory in the place of a file has no state of a file', async () => {
  mkdirSync(at('site.crt'));
  await expect(stateOf(files.connection, at('site.crt'))).rejects.toThrow(
    expect.objectContaining({ code: 'file.not-a-file' }),
  );
});
