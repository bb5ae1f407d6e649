; What the installer adds to electron-builder's own script: the command line on the path, and what a removal removes.
; Silent removal: --keep-data (as without) or --remove-data. Strings of NSIS have an end: a path near it is left alone.

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

!macro customHeader
  !ifdef BUILD_UNINSTALLER
    !insertmacro defineWithoutOwn "un."
  !else
    !insertmacro defineWithoutOwn ""
  !endif
!macroend

; $0: the path as it is stored, without our folder ($1); $2: its key; $3: "" where it is too long to be touched.
!macro readPath UN
  StrCpy $1 "$INSTDIR\resources\cli"
  StrCpy $2 "Environment"
  ${if} $installMode == "all"
    StrCpy $2 "SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
  ${endIf}
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

!macro customInstall
  !insertmacro readPath ""
  ${if} $3 != ""
    ${if} $0 != ""
      StrCpy $0 "$0;"
    ${endIf}
    StrCpy $0 "$0$1"
    !insertmacro writePath
  ${endIf}
!macroend

!macro customUnInstall
  ; An update also runs the uninstaller: only a person who removes Trustkeep removes these.
  ${ifNot} ${isUpdated}
    !insertmacro readPath "un."
    ${if} $3 != ""
      !insertmacro writePath
    ${endIf}
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "com.trustkeep.desktop"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "com.trustkeep.desktop"
    RMDir /r "$LOCALAPPDATA\trustkeep-updater"
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
      RMDir /r "$LOCALAPPDATA\Trustkeep"
      RMDir /r "$APPDATA\trustkeep"
    ${endIf}
  ${endIf}
!macroend
