import type { Failure } from '#shared/failure.ts';
import { commandTimedOut, type HostConnection } from '../../connections/connection.ts';
import { loggedSince, notLoaded, sizeOf, startOrSaySo } from '../common/reloads.ts';
import { said } from '../common/run.ts';
import type { Restarted } from '../endpoint.ts';
import { type RunningServer, refuseHandingOver, reloadCommand, runningServer } from './commands.ts';
import type { Program } from './program.ts';

interface RestartFacts {
  program: Program;
  pidPath: string;
  errorLogPath: string | null;
  /** Starts nginx again should it have died of a change we made; null: it is not ours to start. */
  startAgain: string[] | null;
}

/**
 * Reloads nginx and waits until new workers are there, those of the master that its PID file names. nginx takes the order and only then reads its files, so the
 * command's own answer is not enough: what the error log gained since is part of ours.
 */
export async function reload(connection: HostConnection, facts: RestartFacts): Promise<Restarted> {
  const before = await runningServer(connection, facts.pidPath);
  if (before === null) {
    await startOrSaySo(connection, 'nginx', facts.startAgain);
    return { settled: false };
  }
  refuseHandingOver(connection, before);
  const logSize = await sizeOf(connection, facts.errorLogPath);
  const { argv } = reloadCommand(facts.program, before);
  const taken = await tell(connection, argv as [string, ...string[]], facts.pidPath, before);
  if (taken === 'new-workers') return { settled: true };
  const logged = await loggedSince(connection, facts.errorLogPath, logSize, /\[emerg\]/);
  if (taken === 'died') throw failed(connection, argv, logged, 'nginx stopped after it was told to reload');
  if (logged !== '') throw failed(connection, argv, logged);
  return { settled: false };
}

const failed = (
  connection: HostConnection,
  argv: readonly string[],
  reason: string,
  what?: string,
): Failure => notLoaded({ connection, server: 'nginx', argv, reason, what });

/** For the command and the wait behind it. */
const timeoutMs = 60_000;

/**
 * `$1`: id of the master, `$2`: those of its workers, then a command that has it reload. Ends as the command does where that
 * fails. Else says so and waits up to three seconds until there is a new worker and no old one accepts connections any more:
 * for a tenth of a second nginx lets both do so, and an old one would still show the old certificate. Prints what it found.
 */
const reloadScript = `
master=$1 before=$2
shift 2
"$@" >&2 || exit
echo told
title_of() { title=; { read -r title < "/proc/$1/cmdline"; } 2>/dev/null; }
title_of $$
# a shell that reads no line with NUL bytes in it
[ -n "$title" ] || title_of() { title=$(tr '\\0' ' ' < "/proc/$1/cmdline" 2>/dev/null); }
i=0
while [ $i -lt 300 ]; do
  [ -d "/proc/$master" ] || { echo died; exit 0; }
  children= fresh=
  { read -r children < "/proc/$master/task/$master/children"; } 2>/dev/null
  for child in $children; do
    case " $before " in *" $child "*) ;; *) fresh=yes;; esac
  done
  if [ -n "$fresh" ]; then
    old=
    for child in $before; do
      title_of "$child"
      case $title in ''|*'shutting down'*) ;; *) old=yes;; esac
    done
    [ -n "$old" ] || { echo new-workers; exit 0; }
  fi
  i=$((i + 1))
  sleep 0.01 2>/dev/null || sleep 1
done
echo unchanged
`;

type Taken = 'new-workers' | 'died' | 'unchanged';

/** Has nginx reload, and looks what came of it. `endpoint.restart-failed` when the command fails. */
async function tell(
  connection: HostConnection,
  argv: readonly [string, ...string[]],
  pidPath: string,
  before: RunningServer,
): Promise<Taken> {
  // a host that does not show the workers: the master being there has to do
  const blind = before.workers === '';
  const watched = ['sh', '-c', reloadScript, 'sh', String(before.pid), before.workers, ...argv] as const;
  const result = await connection.exec({ argv: blind ? argv : watched, timeoutMs, partial: true });
  const [told, found] = result.stdout.toString('utf8').split('\n');
  if (result.timedOut && told !== 'told')
    throw commandTimedOut(connection.description, argv.slice(0, 2).join(' '), timeoutMs);
  if (!result.timedOut && result.code !== 0) throw failed(connection, argv, said(result));
  if (blind) return (await runningServer(connection, pidPath)) === null ? 'died' : 'unchanged';
  return found === 'died' || found === 'new-workers' ? found : 'unchanged';
}
