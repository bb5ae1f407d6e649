#!/bin/sh
# Before files go: dpkg calls it with "remove", or "upgrade" for an update, rpm with the number of packages that stay. A
# service whose program goes is removed; its data and its key stay. An update stops one with an init script, which knows
# a process by the file of its program; what is being done comes to its end first. So does the other package of Trustkeep
# (the desktop's, the agent's) that is installed in this one's place: its program has the same path.
case "$1 $2" in
  'remove in-favour') what=update ;;
  upgrade*) what=update ;;
  remove* | 0*) what=remove ;;
  *) what=nothing ;;
esac
unit=/etc/systemd/system/trustkeep.service
script=/etc/init.d/trustkeep

# A service may also be that of an archive, unpacked elsewhere. It names its program with all links resolved.
here=$(readlink -f /opt/Trustkeep)
is_ours() {
  [ -n "$here" ] && grep -qsF "$here/" "$1"
}

case $what in
  remove)
    if is_ours "$unit"; then
      /usr/bin/trustkeep service remove --manager systemd || true
    fi
    if is_ours "$script"; then
      /usr/bin/trustkeep service remove --manager sysv || true
    fi
    ;;
  update)
    if [ -x "$script" ] && is_ours "$script" && "$script" status >/dev/null 2>&1; then
      "$script" stop && : >/run/trustkeep.updating
    fi
    ;;
esac
exit 0
