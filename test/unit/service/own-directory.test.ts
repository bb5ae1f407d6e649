import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { refuseOtherDirectory } from '../../../electron/service/own-directory.ts';

test('a directory is taken that is empty or was a data directory before; none of something else, and no drive', () => {
  const directory = mkdtempSync(`${tmpdir()}/trustkeep-data-`);
  const attempt =
    (keyFile: string | null = null) =>
    () =>
      refuseOtherDirectory(directory, keyFile);
  expect(attempt()).not.toThrow();
  mkdirSync(`${directory}/run`);
  mkdirSync(`${directory}/lost+found`);
  writeFileSync(`${directory}/Own.key`, '');
  expect(attempt('own.key')).not.toThrow();
  expect(attempt()).toThrow(`${directory} is no data directory of Trustkeep: other files are in it.`);
  writeFileSync(`${directory}/trustkeep.db`, '');
  expect(attempt()).not.toThrow();
  rmSync(directory, { recursive: true });
  expect(attempt()).not.toThrow();
  writeFileSync(directory, '');
  expect(attempt()).toThrow(`${directory} is a file, where the data directory is to be.`);
  rmSync(directory);
  expect(() => refuseOtherDirectory('/', null)).toThrow(
    '/ is no data directory of Trustkeep: it is a whole drive.',
  );
});
