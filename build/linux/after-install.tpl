#!/bin/sh
# After an installation or an update, by dpkg and rpm alike. What dpkg and rpm know of is in the package; here is only
# what depends on the machine.
set -e
here='/opt/${sanitizedProductName}'

# Chromium's sandbox uses user namespaces; where the kernel gives none to users, it needs its helper with root's rights.
if [ -L /proc/self/ns/user ] && unshare --user true 2>/dev/null; then
  chmod 0755 "$here/chrome-sandbox"
else
  chmod 4755 "$here/chrome-sandbox"
fi

# Ubuntu 24.04 and later give user namespaces only to programs with a profile.
profile='/etc/apparmor.d/${executable}'
if apparmor_status --enabled >/dev/null 2>&1 &&
  apparmor_parser --skip-kernel-load --debug "$here/resources/apparmor-profile" >/dev/null 2>&1; then
  cp -f "$here/resources/apparmor-profile" "$profile"
  if ! { [ -x /usr/bin/ischroot ] && /usr/bin/ischroot; }; then
    apparmor_parser --replace --write-cache --skip-read-cache "$profile" || true
  fi
fi

# An update: a service that was running takes its new program.
if [ -e /etc/systemd/system/trustkeep.service ] && [ -d /run/systemd/system ]; then
  systemctl try-restart trustkeep.service || true
fi
if [ -e /run/trustkeep.updating ]; then
  rm -f /run/trustkeep.updating
  /etc/init.d/trustkeep start || true
fi

if command -v update-desktop-database >/dev/null 2>&1; then
  update-desktop-database /usr/share/applications || true
fi
if command -v gtk-update-icon-cache >/dev/null 2>&1; then
  gtk-update-icon-cache --quiet --force --ignore-theme-index /usr/share/icons/hicolor || true
fi
exit 0
