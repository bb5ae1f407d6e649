; What the installer adds to electron-builder's own script: the command line on the path, what a removal removes, and how
; running programs are closed. Words: --keep-data (as without) or --remove-data of a removal, --downgrade of an installation.
; Exit codes besides 0, 1 (cancelled) and 2 (failed): 3 a newer version is installed, 5 a program could not be closed.
; Strings of NSIS have an end: a path near it is left alone.

!include WordFunc.nsh
!include service.nsh

!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define EXIT_FAILED 2
!define EXIT_NEWER 3
!define EXIT_RUNNING 5

!macro defineWithoutOwn UN
  ; $0: a path list, $1: a folder. Leaves in $0 the list without the folder, and all else letter by letter.
  Function ${UN}withoutOwn
    Push $2
    Push $3
    Push $4
    Push $5
    Push $6
    StrCpy $2 "" ; what stays, each entry behind a semicolon
    StrCpy $3 $0 ; what is still to be read
    ${do}
      StrCpy $4 0
      ${do}
        StrCpy $5 $3 1 $4
        ${if} $5 == ""
        ${orIf} $5 == ";"
          ${exitDo}
        ${endIf}
        IntOp $4 $4 + 1
      ${loop}
      StrCpy $6 $3 $4
      ${if} $6 != $1
        StrCpy $2 "$2;$6"
      ${endIf}
      IntOp $4 $4 + 1
      StrCpy $3 $3 "" $4
    ${loopUntil} $5 == ""
    StrCpy $0 $2 "" 1
    Pop $6
    Pop $5
    Pop $4
    Pop $3
    Pop $2
  FunctionEnd
!macroend

; Of the programs of this installation that run, besides installer and uninstaller. Windows itself is asked: PowerShell
; may be forbidden, and takes an apostrophe in a path for its own.
!macro definePrograms UN
  ; $0: "end" to end each. Leaves in $0 how many were found.
  Function ${UN}programs
    Push $1
    Push $2
    Push $3
    Push $4
    Push $5
    Push $6
    Push $7
    Push $8
    Push $9
    System::Call 'kernel32::GetLongPathNameW(w "$INSTDIR", w .r1, i ${NSIS_MAX_STRLEN})i.r2'
    ${if} $2 = 0
      StrCpy $1 $INSTDIR
    ${endIf}
    StrCpy $1 "$1\"
    StrLen $2 $1
    System::Call 'kernel32::GetCurrentProcessId()i.r3'
    StrCpy $7 0
    System::Call 'kernel32::CreateToolhelp32Snapshot(i 2, i 0)p.s' ; every process
    Pop $4
    System::Alloc 568 ; PROCESSENTRY32W, as large as it is with 64 bits
    Pop $5
    System::Call '*$5(i 568)'
    System::Call 'kernel32::Process32FirstW(p r4, p r5)i.r6'
    ${doWhile} $6 <> 0
      System::Call '*$5(i, i, i .r6)'
      ${if} $6 <> $3
        !insertmacro programOfOurs
      ${endIf}
      System::Call 'kernel32::Process32NextW(p r4, p r5)i.r6'
    ${loop}
    System::Free $5
    System::Call 'kernel32::CloseHandle(p r4)'
    StrCpy $0 $7
    Pop $9
    Pop $8
    Pop $7
    Pop $6
    Pop $5
    Pop $4
    Pop $3
    Pop $2
    Pop $1
  FunctionEnd
!macroend

; $6: a process, $1: our folder, $2: its length, $7: how many so far.
!macro programOfOurs
  System::Call 'kernel32::OpenProcess(i 0x1000, i 0, i r6)p.r8' ; PROCESS_QUERY_LIMITED_INFORMATION
  ${if} $8 <> 0
    StrCpy $9 ""
    System::Call 'kernel32::QueryFullProcessImageNameW(p r8, i 0, w .r9, *i ${NSIS_MAX_STRLEN})'
    System::Call 'kernel32::CloseHandle(p r8)'
    StrCpy $8 $9 $2
    ${if} $8 == $1
    ${andIf} $9 != "$1${UNINSTALL_FILENAME}"
      IntOp $7 $7 + 1
      ${if} $0 == "end"
        System::Call 'kernel32::OpenProcess(i 1, i 0, i r6)p.r8' ; PROCESS_TERMINATE
        System::Call 'kernel32::TerminateProcess(p r8, i 1)'
        System::Call 'kernel32::CloseHandle(p r8)'
      ${endIf}
    ${endIf}
  ${endIf}
!macroend

; Waits until none runs, for as many quarters of a second. Leaves in $0 how many do.
!macro awaitPrograms UN QUARTERS
  StrCpy $R1 0
  ${do}
    StrCpy $0 ""
    Call ${UN}programs
    ${if} $0 = 0
    ${orIf} $R1 = ${QUARTERS}
      ${exitDo}
    ${endIf}
    IntOp $R1 $R1 + 1
    Sleep 250
  ${loop}
!macroend

; Closes what runs before anything is changed: the agent is asked to finish its steps, what is left is ended. A person is
; asked first; without one, what cannot be closed ends the installation.
!macro closePrograms UN
  StrCpy $0 ""
  Call ${UN}programs
  ${if} $0 > 0
    ${ifNot} ${isUpdated}
      MessageBox MB_OKCANCEL|MB_ICONEXCLAMATION "$(appRunning)" /SD IDOK IDOK +3
      SetErrorLevel 1
      Quit
    ${endIf}
    DetailPrint "$(appClosing)"
    ${do}
      !insertmacro stopService "${UN}"
      nsExec::Exec /TIMEOUT=20000 '"$INSTDIR\resources\cli\trustkeep.exe" stop'
      Pop $0
      ${if} $0 == 0 ; an agent that stops takes its time
        !insertmacro awaitPrograms "${UN}" 60
      ${endIf}
      StrCpy $0 "end"
      Call ${UN}programs
      !insertmacro awaitPrograms "${UN}" 20
      ${if} $0 = 0
        ${exitDo}
      ${endIf}
      !insertmacro startService "${UN}" ; nothing was changed yet
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(appCannotBeClosed)" /SD IDCANCEL IDRETRY +3
      SetErrorLevel ${EXIT_RUNNING}
      Quit
    ${loop}
  ${else}
    !insertmacro stopService "${UN}" ; one that has failed waits to be started again
  ${endIf}
!macroend

!macro customCheckAppRunning
  !ifdef BUILD_UNINSTALLER
    !insertmacro closePrograms "un."
  !else
    !insertmacro closePrograms ""
  !endif
!macroend

!macro customHeader
  !ifdef BUILD_UNINSTALLER
    !insertmacro defineWithoutOwn "un."
    !insertmacro definePrograms "un."
    !insertmacro defineService "un."
  !else
    !insertmacro defineWithoutOwn ""
    !insertmacro definePrograms ""
    !insertmacro defineService ""
  !endif
!macroend

; A newer version changes the database so that this one cannot read it: going back is for the updater, which brings the
; database of before, and for who knows.
!macro customInit
  ReadRegStr $0 SHCTX "${UNINSTALL_REGISTRY_KEY}" DisplayVersion
  ${if} $0 != ""
  ${andIfNot} ${isUpdated}
    ${VersionCompare} "$0" "${VERSION}" $1
    ${GetParameters} $2
    ClearErrors
    ${GetOptions} $2 "--downgrade" $3
    ${if} $1 = 1
    ${andIf} ${Errors}
      MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "Trustkeep $0 is installed, which is newer than ${VERSION}.$\r$\n$\r$\nThe older version may be unable to read its data. Install it anyway?" /SD IDNO IDYES +3
      SetErrorLevel ${EXIT_NEWER}
      Quit
    ${endIf}
  ${endIf}
!macroend

; What the uninstaller of the installed version came to: with its code in $R0, or an error when it could not be started,
; which the files that follow make good.
!macro customUnInstallCheck
  ${ifNot} ${Errors}
  ${andIf} $R0 <> 0
    !insertmacro startService "" ; the files of before are back
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(uninstallFailed): $R0" /SD IDOK
    DetailPrint "The installed version could not be replaced. Its uninstaller ended with $R0."
    ${if} $R0 <> ${EXIT_RUNNING}
      StrCpy $R0 ${EXIT_FAILED}
    ${endIf}
    SetErrorLevel $R0
    Quit
  ${endIf}
!macroend

!macro customUnInstallCheckCurrentUser
  !insertmacro customUnInstallCheck
!macroend

; $1: our folder; $2: the key with the path that it belongs in.
!macro placeOfPath
  StrCpy $1 "$INSTDIR\resources\cli"
  StrCpy $2 "Environment"
  ${if} $installMode == "all"
    StrCpy $2 "SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
  ${endIf}
!macroend

; $0: the path as it is stored in $2, without the folder $1; $3: "" where it is too long to be touched.
!macro readPath UN
  StrCpy $3 "it fits"
  ClearErrors
  ReadRegStr $0 SHCTX $2 "Path"
  ${if} ${Errors}
    ; there is none, or one that is too long to be read: the names of the values tell
    StrCpy $4 0
    ${do}
      EnumRegValue $5 SHCTX $2 $4
      ${if} $5 == "Path"
        StrCpy $3 ""
      ${endIf}
      IntOp $4 $4 + 1
    ${loopUntil} $5 == ""
  ${endIf}
  StrLen $4 $0
  IntOp $4 $4 + 300
  ${if} $4 >= ${NSIS_MAX_STRLEN}
    StrCpy $3 ""
  ${endIf}
  ${if} $3 == ""
    DetailPrint "The Path of Windows is too long to be changed here. The command line is $1\trustkeep.exe."
  ${else}
    Call ${UN}withoutOwn
  ${endIf}
!macroend

!macro writePath
  ${if} $0 == ""
    DeleteRegValue SHCTX $2 "Path"
  ${else}
    WriteRegExpandStr SHCTX $2 "Path" $0
  ${endIf}
  SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=2000
!macroend

; The copy of itself that the installer keeps for downloads in parts, which Trustkeep's updates are not.
!macro removeCopy
  ${if} $installMode == "all"
    SetShellVarContext current
  ${endIf}
  RMDir /r "$LOCALAPPDATA\trustkeep-updater"
  ${if} $installMode == "all"
    SetShellVarContext all
  ${endIf}
!macroend

; For all users in the place of what this user had: its uninstaller ran as for an update, and left what an update keeps.
!macro dropOwnOf FOLDER
  ${if} $installMode == "all"
  ${andIf} "${FOLDER}" != ""
    SetShellVarContext current
    StrCpy $1 "${FOLDER}\resources\cli"
    StrCpy $2 "Environment"
    !insertmacro readPath ""
    ${if} $3 != ""
      !insertmacro writePath
    ${endIf}
    SetShellVarContext all
    ReadRegStr $0 HKCU "${RUN_KEY}" "com.trustkeep.desktop"
    ${if} $0 != ""
      ${WordReplace} "$0" "${FOLDER}\" "$INSTDIR\" "+1" $0
      WriteRegStr HKCU "${RUN_KEY}" "com.trustkeep.desktop" $0
    ${endIf}
  ${endIf}
!macroend

!macro customInstall
  !insertmacro removeCopy
  !insertmacro dropOwnOf "$perUserInstallationFolder"
  !insertmacro placeOfPath
  !insertmacro readPath ""
  ${if} $3 != ""
    ${if} $0 != ""
      StrCpy $0 "$0;"
    ${endIf}
    StrCpy $0 "$0$1"
    !insertmacro writePath
  ${endIf}
  !insertmacro startService ""
!macroend

!macro customUnInstall
  ; An update also runs the uninstaller: only a person who removes Trustkeep removes these.
  ${ifNot} ${isUpdated}
    !insertmacro removeService
    !insertmacro placeOfPath
    !insertmacro readPath "un."
    ${if} $3 != ""
      !insertmacro writePath
    ${endIf}
    DeleteRegValue HKCU "${RUN_KEY}" "com.trustkeep.desktop"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "com.trustkeep.desktop"
    !insertmacro removeCopy
    !insertmacro removeData
  ${endIf}
!macroend

; Certificates, keys and history of this user are removed when that is asked for, never otherwise.
!macro removeData
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "--keep-data" $1
  ${if} ${Errors}
    ClearErrors
    ${GetOptions} $0 "--remove-data" $1
    ${if} ${Errors}
      StrCpy $1 "keep"
      ${ifNot} ${Silent}
        MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "Remove the data of Trustkeep too?$\r$\n$\r$\nThat is its database with the history of what was done, stored credentials, keys and backups of this user. They cannot be brought back." /SD IDNO IDNO +2
        StrCpy $1 "remove"
      ${endIf}
    ${else}
      StrCpy $1 "remove"
    ${endIf}
    ${if} $1 == "remove"
      ; of this user, also where the program is for all: what all share there belongs to the administrator and the service
      SetShellVarContext current
      RMDir /r "$LOCALAPPDATA\Trustkeep"
      RMDir /r "$APPDATA\trustkeep"
      ${if} $installMode == "all"
        SetShellVarContext all
      ${endIf}
    ${endIf}
  ${endIf}
!macroend
