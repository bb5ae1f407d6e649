#!/bin/sh
# After a removal; dpkg calls it with "remove" or "purge", rpm with the number of packages that stay. An update removes
# nothing: what it is called with then is neither.
set -e
case "$1" in
  remove | purge | 0) ;;
  *) exit 0 ;;
esac

profile='/etc/apparmor.d/${executable}'
if [ -f "$profile" ]; then
  if apparmor_status --enabled >/dev/null 2>&1 &&
    ! { [ -x /usr/bin/ischroot ] && /usr/bin/ischroot; }; then
    apparmor_parser --remove "$profile" || true
  fi
  rm -f "$profile"
fi

if command -v update-desktop-database >/dev/null 2>&1; then
  update-desktop-database /usr/share/applications || true
fi
if command -v gtk-update-icon-cache >/dev/null 2>&1 && [ -d /usr/share/icons/hicolor ]; then
  gtk-update-icon-cache --quiet --force --ignore-theme-index /usr/share/icons/hicolor || true
fi

# Certificates, keys and the history of what was done belong to whoever made them.
if [ "$1" != purge ]; then
  echo 'Trustkeep: the data of users stays in ~/.local/share/trustkeep and ~/.config/trustkeep, that of the service in /var/lib/trustkeep.'
fi
exit 0
