#!/bin/sh
# After an installation or an update of the agent alone, by dpkg and rpm alike: a service that was running takes its new
# program. It may have been installed from the desktop's package, which has the same program in the same place.
set -e
if [ -e /etc/systemd/system/trustkeep.service ] && [ -d /run/systemd/system ]; then
  systemctl try-restart trustkeep.service || true
fi
if [ -e /run/trustkeep.updating ]; then
  rm -f /run/trustkeep.updating
  /etc/init.d/trustkeep start || true
fi
exit 0
