#!/bin/sh
# After a removal; dpkg calls it with "remove" or "purge", rpm with the number of packages that stay.
case "$1" in
  remove | 0)
    # certificates, keys and the history of what was done belong to whoever made them
    echo 'Trustkeep: the data of the service stays in /var/lib/trustkeep, that of users in ~/.local/share/trustkeep.'
    ;;
esac
exit 0
