; The service of Windows where it starts the program of this installation: it is stopped before files are replaced or
; removed, started again after an update, and removed with the program. The program itself does it.

!define SERVICE_KEY "SYSTEM\CurrentControlSet\Services\Trustkeep"
; beside what Windows stores of the service: it ran before its files were replaced
!define SERVICE_MARK "StartAfterUpdate"

!macro defineService UN
  ; $0: a verb of "trustkeep service". Leaves in $0 its exit code; "" where the service is not this installation's.
  Function ${UN}service
    Push $1
    Push $2
    Push $3
    StrCpy $1 '"$INSTDIR\resources\cli\trustkeep.exe"'
    StrLen $2 $1
    ReadRegStr $3 HKLM "${SERVICE_KEY}" "ImagePath"
    StrCpy $3 $3 $2
    ${if} $3 == $1
      nsExec::Exec '$1 service $0'
      Pop $0
    ${else}
      StrCpy $0 ""
    ${endIf}
    Pop $3
    Pop $2
    Pop $1
  FunctionEnd

  ; Leaves in $0 "wanted" where the service runs, or starts, or will be started by Windows: with the machine, or again
  ; after it has failed.
  Function ${UN}serviceIsWanted
    Push $1
    Push $2
    Push $3
    Push $4
    Push $5
    StrCpy $0 ""
    System::Call 'advapi32::OpenSCManagerW(p 0, p 0, i 1)p.r1'
    System::Call 'advapi32::OpenServiceW(p r1, w "Trustkeep", i 4)p.r2' ; SERVICE_QUERY_STATUS
    ${if} $2 <> 0
      System::Alloc 28 ; SERVICE_STATUS
      Pop $3
      System::Call 'advapi32::QueryServiceStatus(p r2, p r3)i.r4'
      System::Call '*$3(i, i .r4, i, i .r5)' ; the state, and the code of the end
      System::Free $3
      System::Call 'advapi32::CloseServiceHandle(p r2)'
      ReadRegDWORD $3 HKLM "${SERVICE_KEY}" "Start"
      ${if} $4 <> 1 ; stopped
        StrCpy $0 "wanted"
      ${elseIf} $5 <> 0
      ${andIf} $3 = 2 ; automatic
        StrCpy $0 "wanted"
      ${endIf}
    ${endIf}
    System::Call 'advapi32::CloseServiceHandle(p r1)'
    Pop $5
    Pop $4
    Pop $3
    Pop $2
    Pop $1
  FunctionEnd
!macroend

; Before programs are looked for: one that is ended by force is started again by Windows.
!macro stopService UN
  Push $0
  Call ${UN}serviceIsWanted
  ${if} $0 == "wanted"
    DetailPrint "Stopping the service. Its running steps may finish."
    StrCpy $0 "stop"
    Call ${UN}service
    ${if} $0 != ""
      WriteRegDWORD HKLM "${SERVICE_KEY}" "${SERVICE_MARK}" 1
    ${endIf}
  ${endIf}
  Pop $0
!macroend

; After the new files are there, or where those of before are kept.
!macro startService UN
  Push $0
  ReadRegDWORD $0 HKLM "${SERVICE_KEY}" "${SERVICE_MARK}"
  ${if} $0 == 1
    DeleteRegValue HKLM "${SERVICE_KEY}" "${SERVICE_MARK}"
    StrCpy $0 "start"
    Call ${UN}service
    ${if} $0 != 0
      DetailPrint "The service did not start again. See: trustkeep service status"
    ${endIf}
  ${endIf}
  Pop $0
!macroend

; Only a person who removes Trustkeep removes it; its data stay.
!macro removeService
  Push $0
  StrCpy $0 "remove"
  Call un.service
  Pop $0
!macroend
