import type { ServiceSpec } from './service.ts';

/** Where the process id and the output of the service are. */
export const pidFile = '/run/trustkeep.pid';
export const logFile = '/var/log/trustkeep.log';

/** What the script does, the same for each machine: shell variables only. */
const actions = `running() {
  start-stop-daemon --status --pidfile "$PIDFILE" --exec "$PROGRAM"
}

start() {
  if running; then
    echo "Trustkeep is already running."
    return 0
  fi
  rm -f "$PIDFILE"
  [ -e "$LOG" ] || (umask 077; : > "$LOG")
  chown "$ACCOUNT" "$LOG"
  start-stop-daemon --start --quiet --background --make-pidfile --pidfile "$PIDFILE" --chuid "$ACCOUNT" --umask 077 \\
    --output "$LOG" --startas "$PROGRAM" -- "$@" run "--data-directory=$DATA" || return 1
  tries=0
  while [ "$tries" -lt 120 ]; do
    # not by its program: for a moment it is still that of start-stop-daemon
    start-stop-daemon --status --pidfile "$PIDFILE" || { echo "Trustkeep ended at its start. The last lines of $LOG:"; tail -n 5 "$LOG"; return 1; }
    "$PROGRAM" "$@" status "--data-directory=$DATA" > /dev/null 2>&1
    # 1: it answers, and is not well; what it says of that is for whoever asks
    [ "$?" -le 1 ] && { echo "Trustkeep is running."; return 0; }
    tries=$((tries + 1))
    sleep 0.5
  done
  echo "Trustkeep was started, but does not answer yet. See $LOG."
  return 1
}

stop() {
  start-stop-daemon --stop --quiet --oknodo --retry TERM/300/KILL/5 --pidfile "$PIDFILE" --exec "$PROGRAM" || return 1
  rm -f "$PIDFILE"
  echo "Trustkeep is stopped."
}

case "$verb" in
  start) start "$@" ;;
  stop) stop ;;
  restart | force-reload) stop && start "$@" ;;
  status)
    running
    code=$?
    case "$code" in
      0) echo "Trustkeep is running (process $(cat "$PIDFILE"))." ;;
      1) echo "Trustkeep ended without being stopped." ;;
      *) echo "Trustkeep is not running." ;;
    esac
    exit "$code"
    ;;
  *)
    echo "Usage: $0 start|stop|restart|force-reload|status" >&2
    exit 2
    ;;
esac
`;

/**
 * The init script of the agent (LSB 5.0, init script actions and comment conventions), for Debian's start-stop-daemon.
 * `start` returns when the agent answers; `stop` lets running steps finish.
 */
export function sysvScript({ program, dataDirectory, account }: ServiceSpec): string {
  const [executable, ...first] = program;
  return `#!/bin/sh
### BEGIN INIT INFO
# Provides:          trustkeep
# Required-Start:    $remote_fs $network $syslog
# Required-Stop:     $remote_fs $network $syslog
# Should-Start:      $named $time
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: Trustkeep agent
# Description:       Keeps the certificates of a network in order.
### END INIT INFO
# Made by "trustkeep service install".

PROGRAM=${word(executable)}
DATA=${word(dataDirectory)}
ACCOUNT=${word(account)}
PIDFILE=${pidFile}
LOG=${logFile}
set -- "\${1:-}"${first.map((one) => ` ${word(one)}`).join('')}
verb=$1
shift

${actions}`;
}

/** The data directory that such a script names; null: none. */
export function dataDirectoryOfScript(script: string): string | null {
  return /^DATA='(.*)'$/m.exec(script)?.[1]?.replaceAll("'\\''", "'") ?? null;
}

/** One word for sh, whatever is in it. */
function word(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
