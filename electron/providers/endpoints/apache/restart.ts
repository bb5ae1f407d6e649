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
    await startOrSaySo(connection, 'Apache', facts.startAgain);
    return { settled: false };
  }
  const logSize = await sizeOf(connection, facts.errorLogPath);
  const argv = reloadCommand(facts.program, before).argv as [string, ...string[]];
  const taken = await tell(connection, argv, before.pid);
  if (taken === 'new-processes') return { settled: true };
  const logged = await loggedSince(
    connection,
    facts.errorLogPath,
    logSize,
    /:(?:emerg|alert|crit)\]|AH0(?:0016|0020)/,
  );
  if (taken === 'died') throw failed(connection, argv, logged, 'Apache stopped after it was told to reload');
  if (logged !== '') throw failed(connection, argv, logged);
  return { settled: false };
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
