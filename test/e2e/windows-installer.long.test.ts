import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/electron/paths.ts';
import { have } from '../servers/available.ts';
import { Wine, wineProgram } from '../servers/wine.ts';

// What build/installer.nsh adds to electron-builder's installer, in an installer that has nothing else, compiled by
// Debian's makensis (whose strings end at 1024 characters) and run by Wine.
const script = `
Target amd64-unicode
Unicode true
Name "Trustkeep"
OutFile "trustkeep-setup.exe"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\\Programs\\trustkeep"
SilentInstall silent
SilentUnInstall silent
!include LogicLib.nsh
!include FileFunc.nsh
!include WinMessages.nsh
Var installMode
Var perUserInstallationFolder
; as electron-builder defines it
!macro _isUpdated _a _b _t _f
  \${GetParameters} $R9
  ClearErrors
  \${GetOptions} $R9 "--updated" $R8
  IfErrors \`\${_f}\` \`\${_t}\`
!macroend
!define isUpdated \`"" isUpdated ""\`
!include "installer.nsh"
!insertmacro defineWithoutOwn ""
!insertmacro defineWithoutOwn "un."
!insertmacro defineService ""
!insertmacro defineService "un."
Function .onInit
  StrCpy $installMode "CurrentUser"
  StrCpy $perUserInstallationFolder ""
  SetShellVarContext current
FunctionEnd
Function un.onInit
  StrCpy $installMode "CurrentUser"
  SetShellVarContext current
FunctionEnd
Section
  !insertmacro stopService ""
  SetOutPath $INSTDIR
  WriteUninstaller "$INSTDIR\\uninstall.exe"
  !insertmacro customInstall
SectionEnd
Section un.x
  !insertmacro stopService "un."
  !insertmacro customUnInstall
  Delete "$INSTDIR\\uninstall.exe"
SectionEnd
`;

const here = 'C:\\users\\admin\\AppData\\Local\\Programs\\trustkeep';
const own = `${here}\\resources\\cli`;

describe.skipIf(!have(wineProgram) || !have('makensis'))('the installer for Windows', () => {
  let wine: Wine;
  let setup: string;

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'trustkeep-installer-'));
    wine = new Wine(folder);
    writeFileSync(join(folder, 'setup.nsi'), script);
    const include = `-X!addincludedir "${join(root, 'build')}"`;
    execFileSync('makensis', ['-V2', '-WX', include, 'setup.nsi'], { cwd: folder });
    setup = join(folder, 'trustkeep-setup.exe');
  });
  afterAll(() => wine?.remove());

  const install = () => expect(wine.run(setup, '/S').code).toBe(0);
  const remove = (...words: string[]) =>
    expect(wine.run(`${here}\\uninstall.exe`, '/S', ...words, `_?=${here}`).code).toBe(0);
  const key = 'HKCU\\Environment';
  const path = () => {
    const { out } = wine.run('reg', 'query', key, '/v', 'Path');
    return /REG_EXPAND_SZ +(.*?)\r?\n/.exec(out)?.[1] ?? null;
  };
  const setPath = (text: string) =>
    expect(wine.run('reg', 'add', key, '/v', 'Path', '/t', 'REG_EXPAND_SZ', '/d', text, '/f').code).toBe(0);
  const places = (...names: string[]) => names.map((name) => join(wine.drive, 'users/admin/AppData', name));

  test.each(['%USERPROFILE%\\bin;C:\\Other;', 'C:\\One', 'C:\\One;;C:\\Two'])(
    'puts the command line on the path once, and a removal leaves %s letter by letter',
    (before) => {
      setPath(before);
      install();
      install();
      expect(path()).toBe(`${before};${own}`);
      remove('--updated');
      expect(path()).toBe(`${before};${own}`);
      install();
      remove();
      expect(path()).toBe(before);
    },
  );

  test('makes a path where there is none, and removes it again', () => {
    wine.run('reg', 'delete', key, '/v', 'Path', '/f');
    install();
    expect(path()).toBe(own);
    remove();
    expect(path()).toBeNull();
  });

  test.each([80, 110])('leaves alone a path of %i folders, which is too long for it', (count) => {
    const long = 'C:\\folder;'.repeat(count);
    setPath(long);
    install();
    expect(path()).toBe(long);
    remove();
    expect(path()).toBe(long);
  });

  test('removes the data of the user when it is told to, and in no other case', () => {
    const data = places('Local/Trustkeep', 'Roaming/trustkeep');
    const updates = places('Local/trustkeep-updater');
    const there = () => data.filter((place) => existsSync(place));
    for (const place of [...data, ...updates]) mkdirSync(place, { recursive: true });
    for (const words of [['--updated'], [], ['--keep-data'], ['--updated', '--remove-data']]) {
      install();
      remove(...words);
      expect(there()).toEqual(data);
    }
    expect(updates.filter((place) => existsSync(place))).toEqual([]);
    install();
    remove('--remove-data');
    expect(there()).toEqual([]);
  });
});
