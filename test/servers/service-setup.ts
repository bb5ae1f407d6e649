import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/electron/paths.ts';

/**
 * An installer that does of ours what it does with the service, and nothing else: the program lies there already. By
 * Debian's makensis. Gives its path; run again, it is an update.
 */
export function makeServiceSetup(folder: string, program: string): string {
  const script = `
Target amd64-unicode
Unicode true
Name "Trustkeep"
OutFile "service-setup.exe"
RequestExecutionLevel user
InstallDir "${program}"
SilentInstall silent
SilentUnInstall silent
!include LogicLib.nsh
!include "service.nsh"
!insertmacro defineService ""
!insertmacro defineService "un."
Section
  !insertmacro stopService ""
  SetOutPath $INSTDIR
  WriteUninstaller "$INSTDIR\\uninstall.exe"
  ; what was replaced meanwhile
  FileOpen $0 "$INSTDIR\\resources\\cli\\cli.js" a
  FileClose $0
  !insertmacro startService ""
SectionEnd
Section un.x
  !insertmacro stopService "un."
  !insertmacro removeService
SectionEnd
`;
  writeFileSync(join(folder, 'setup.nsi'), script);
  execFileSync('makensis', ['-V2', '-WX', `-X!addincludedir "${join(root, 'build')}"`, 'setup.nsi'], {
    cwd: folder,
  });
  return join(folder, 'service-setup.exe');
}
