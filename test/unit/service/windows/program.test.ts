import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { refuseOpenProgram } from '../../../../electron/service/windows/program.ts';

// Forward slashes are separators of Windows too: the folder is one of this machine, its access lists are told.
test('a program is refused when anything in its folder, or a folder above, can be changed by another', () => {
  const folder = mkdtempSync(`${tmpdir()}/trustkeep-program-`);
  mkdirSync(`${folder}/cli/chunks`, { recursive: true });
  writeFileSync(`${folder}/cli/chunks/a.js`, '');
  writeFileSync(`${folder}/cli/trustkeep.exe`, '');
  const attempt = (open: RegExp | null, entry: string) => () =>
    refuseOpenProgram(`${folder}/cli/trustkeep.exe`, (path) =>
      open?.test(path.replaceAll('\\', '/')) ? `O:BAD:${entry}` : 'O:BAD:(A;;FA;;;BA)(A;;FRFX;;;BU)',
    );
  expect(attempt(null, '')).not.toThrow();
  expect(attempt(/a\.js$/, '(A;;FA;;;AU)')).toThrow(/every user can change .*a\.js/);
  expect(attempt(/cli$/, '(A;;DC;;;S-1-5-21-9)')).toThrow(/the account S-1-5-21-9 can change/);
  expect(attempt(/trustkeep-program-[^/]*$/, '(A;;DC;;;BU)')).not.toThrow();
  expect(attempt(/trustkeep-program-[^/]*$/, '(A;;DT;;;WD)')).toThrow('everyone can change');
  rmSync(folder, { recursive: true });
});
