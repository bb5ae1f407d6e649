import type { Failure } from '#shared/failure.ts';
import { commandTimedOut, type HostConnection } from '../../connections/connection.ts';
import { loggedSince, notLoaded, sizeOf, startOrSaySo } from '../common/reloads.ts';
import { said } from '../common/run.ts';
import type { Restarted } from '../endpoint.ts';
import { reloadCommand, runningServer } from './commands.ts';
import type { Program } from './program.ts';

interface RestartFacts {
  program: Program;
  pidPath: string | null;
  errorLogPath: string | null;
  /** Starts Apache again should it have died of a change we made; null: it is not ours to start. */
  startAgain: string[] | null;
}

/** Lines of the error log that say why. */
const reasons = /:(?:emerg|alert|crit)\]|AH0(?:0016|0020)/;

const failed = (
  connection: HostConnection,
  argv: readonly string[],
  reason: string,
  what?: string,
): Failure => notLoaded({ connection, server: 'Apache', argv, reason, what });

/**
 * Reloads Apache and waits until new processes accept connections and no old one does. `graceful` starts an Apache that does not run,
 * and answers well when it dies of its files: so neither is asked for without one that runs, nor is its answer enough.
 */
export async function reload(connection: HostConnection, facts: RestartFacts): Promise<Restarted> {
  const before = await runningServer(connection, facts.pidPath);
  if (before === null) {
    const logSize = await sizeOf(connection, facts.errorLogPath);
    if (facts.startAgain !== null && facts.pidPath !== null)
      await connection.exec({ argv: ['sh', '-c', endedScript, 'sh', facts.pidPath], timeoutMs });
    await startOrSaySo(connection, 'Apache', facts.startAgain);
    await refuseNotStarted(connection, facts, logSize);
    return { settled: false };
  }
  const logSize = await sizeOf(connection, facts.errorLogPath);
  const argv = reloadCommand(facts.program, before).argv as [string, ...string[]];
  const taken = await tell(connection, argv, before.pid);
  if (taken === 'new-processes') return { settled: true };
  const logged = await loggedSince(connection, facts.errorLogPath, logSize, reasons);
  if (taken === 'died') throw failed(connection, argv, logged, 'Apache stopped after it was told to reload');
  if (logged !== '') throw failed(connection, argv, logged);
  return { settled: false };
}

/**
 * Apache takes a process that has ended, and whose parent has not asked how, for one that runs: then it starts nothing and
 * answers well. Removes a pid file, `$1`, of such a process.
 */
const endedScript = `
pid= state=
{ read -r pid < "$1" && read -r _ _ state _ < "/proc/$pid/stat"; } 2>/dev/null
[ "$state" != Z ] || rm -f -- "$1"
`;

/** Waits up to five seconds for a process with children, by the pid file `$1`. Ends with 1 when there is none. */
const startedScript = `
i=0
while [ $i -lt 250 ]; do
  pid= children=
  { read -r pid < "$1"; } 2>/dev/null
  case $pid in ''|*[!0-9]*) ;; *) { read -r children < "/proc/$pid/task/$pid/children"; } 2>/dev/null;; esac
  [ -z "$children" ] || exit 0
  i=$((i + 1))
  sleep 0.02 2>/dev/null || { sleep 1; i=$((i + 49)); }
done
exit 1
`;

/** A start answers well, and reads certificates and keys only then. */
async function refuseNotStarted(
  connection: HostConnection,
  { pidPath, errorLogPath, startAgain }: RestartFacts,
  logSize: number,
): Promise<void> {
  if (pidPath === null) return;
  const { code } = await connection.exec({ argv: ['sh', '-c', startedScript, 'sh', pidPath], timeoutMs });
  if (code === 0 || (await runningServer(connection, pidPath)) !== null) return;
  const logged = await loggedSince(connection, errorLogPath, logSize, reasons);
  throw failed(connection, startAgain ?? [], logged, 'Apache did not start');
}

/** For the command and the wait behind it. */
const timeoutMs = 90_000;

/**
 * `$1`: the parent process, then a command that has it reload. Ends as the command does where that fails. Else says so and waits
 * up to ten seconds until there is a new child that has a socket of the parent on which it accepts connections, and no child
 * from before has one: those only finish what they began. Prints what it found.
 */
const script = `
parent=$1; shift
children_of_parent() { children=; { read -r children < "/proc/$parent/task/$parent/children"; } 2>/dev/null; }
lives() { state=; { read -r _ _ state _ < "/proc/$parent/stat"; } 2>/dev/null; [ -n "$state" ] && [ "$state" != Z ]; }
own=$(ls -l "/proc/$parent/fd" 2>/dev/null)
sockets=
for table in tcp tcp6; do
  while read -r _ _ _ state _ _ _ _ _ inode _; do
    [ "$state" = 0A ] || continue
    case $own in *"socket:[$inode]"*) sockets="$sockets $inode";; esac
  done < "/proc/$parent/net/$table"
done 2>/dev/null
accepts() {
  [ -r "/proc/$1/fd" ] && [ -n "$sockets" ] || { [ -d "/proc/$1" ]; return; }
  open=$(ls -l "/proc/$1/fd" 2>/dev/null)
  for inode in $sockets; do case $open in *"socket:[$inode]"*) return 0;; esac; done
  return 1
}
children_of_parent
before=" $children "
"$@" >&2 || exit
echo told
i=0
while [ $i -lt 500 ]; do
  lives || { echo died; exit 0; }
  children_of_parent
  fresh= old=
  for child in $children; do
    case $before in
      *" $child "*) ;;
      *) [ -n "$fresh" ] || { accepts "$child" && fresh=yes; };;
    esac
  done
  if [ -n "$fresh" ]; then
    for child in $children; do
      case $before in *" $child "*) accepts "$child" && { old=yes; break; };; esac
    done
    [ -n "$old" ] || { echo new-processes; exit 0; }
  fi
  i=$((i + 1))
  sleep 0.02 2>/dev/null || { sleep 1; i=$((i + 49)); }
done
echo unchanged
`;

type Taken = 'new-processes' | 'died' | 'unchanged';

/** Has Apache reload, and looks what came of it. `endpoint.restart-failed` when the command fails. */
async function tell(
  connection: HostConnection,
  argv: readonly [string, ...string[]],
  pid: number,
): Promise<Taken> {
  const watched = ['sh', '-c', script, 'sh', String(pid), ...argv] as const;
  const result = await connection.exec({ argv: watched, timeoutMs, partial: true });
  const [told, found] = result.stdout.toString('utf8').split('\n');
  if (result.timedOut && told !== 'told')
    throw commandTimedOut(connection.description, argv.join(' '), timeoutMs);
  if (!result.timedOut && result.code !== 0) throw failed(connection, argv, said(result));
  return found === 'died' || found === 'new-processes' ? found : 'unchanged';
}
