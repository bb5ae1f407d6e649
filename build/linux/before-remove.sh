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
case $what in
  remove)
    if [ -e /etc/systemd/system/trustkeep.service ] || [ -e /etc/init.d/trustkeep ]; then
      /usr/bin/trustkeep service remove || true
    fi
    ;;
  update)
    if [ -x /etc/init.d/trustkeep ] && /etc/init.d/trustkeep status >/dev/null 2>&1; then
      /etc/init.d/trustkeep stop && : >/run/trustkeep.updating
    fi
    ;;
esac
exit 0
