; What the installer adds to electron-builder's own script.

!macro customUnInstall
  ; An update also runs the uninstaller: only a person who removes Trustkeep removes these.
  ${ifNot} ${isUpdated}
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "com.trustkeep.desktop"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "com.trustkeep.desktop"
    RMDir /r "$LOCALAPPDATA\trustkeep-updater"
  ${endIf}
!macroend
