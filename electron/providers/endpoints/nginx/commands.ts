import { posix } from 'node:path';
import { paced } from '#kit/in-slices.ts';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { CommandChange } from '#shared/model/changes/command.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { said } from '../common/run.ts';
import { reloadableUnit, reloadedUnits, unitReload, unitStart } from '../common/systemd-unit.ts';
import { filesPrinted } from './dump.ts';
import { directivesIn } from './masters.ts';
import { type Configuration, fullPath, resolving } from './parse.ts';
import { argvOf, type Program } from './program.ts';

const largestConfiguration = 128 * 1024 * 1024;

/** The whole configuration as nginx reads it now. `endpoint.configuration-invalid` with nginx's own line. */
export async function readConfiguration(
  connection: HostConnection,
  program: Program,
): Promise<Configuration> {
  const result = await connection.exec({
    argv: asking('-T', program),
    timeoutMs: 60_000,
    outputBytes: largestConfiguration,
  });
  if (result.code !== 0) throw invalid(connection, program, result.stderr.toString('utf8'));
  const files = await filesPrinted(connection, result.stdout);
  return paced(resolving(files, program.configPath, program.prefix));
}

/** `nginx -t`: resolves with what it said. Failure `endpoint.configuration-invalid`. */
export async function testConfiguration(connection: HostConnection, program: Program): Promise<string> {
  const result = await connection.exec({ argv: testArgv(program), timeoutMs: 60_000 });
  if (result.code !== 0) throw invalid(connection, program, result.stderr.toString('utf8'));
  return said(result);
}

export const testArgv = (program: Program): [string, ...string[]] => asking('-t', program);

function asking(what: '-t' | '-T', program: Program): [string, ...string[]] {
  const [path, ...options] = argvOf(program);
  return [path, what, ...options];
}

/** nginx names what is wrong in an `[emerg]` line, which often ends in `file:line`. */
function invalid(connection: HostConnection, program: Program, stderr: string): Failure {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const line = lines.find((one) => one.includes('[emerg]')) ?? lines.at(-1) ?? 'it gave no reason';
  const whole = line.replace(/^.*\[emerg\] (\d+#\d+: )?/, '').replace(/^nginx: /, '');
  const reason = peerTail(whole);
  const denied = /permission denied/i.test(reason);
  if (denied) {
    return new Failure(
      'endpoint.denied',
      `The account on ${connection.description} is not allowed to check the nginx configuration: ${reason}.`,
      { hint: 'Use root, or an account that is allowed to run nginx with sudo.', peerSaid: reason },
    );
  }
  return new Failure(
    'endpoint.configuration-invalid',
    `nginx on ${connection.description} does not accept its configuration ${program.configPath}: ${reason}.`,
    { hint: 'Fix what nginx reports. Run nginx -t to see it again.', peerSaid: reason },
  );
}

/** Where the running nginx notes its process id, by configuration or as built. */
export function pidPathOf(configuration: Configuration, program: Program): string {
  return mainPath(configuration, program, 'pid') ?? program.pidPath;
}

/** Something else keeps an nginx that stays in the foreground running: it would not end when we start it. */
export function staysInForeground({ directives }: Configuration): boolean {
  return directives.findLast(({ name }) => name === 'daemon')?.args[0]?.text === 'off';
}

export function errorLogPathOf(configuration: Configuration, program: Program): string | null {
  const path = mainPath(configuration, program, 'error_log') ?? program.errorLogPath;
  return posix.isAbsolute(path) && !path.startsWith('/dev/') ? path : null;
}

function mainPath(configuration: Configuration, program: Program, name: string): string | null {
  const all = [...directivesIn(program.given.directives), ...configuration.directives];
  const value = all.findLast((one) => one.name === name)?.args[0]?.text;
  if (value === undefined) return null;
  return value === 'stderr' || value.startsWith('syslog:') ? value : fullPath(value, program.prefix);
}

/** The running server, as its host shows it. */
export interface RunningServer {
  pid: number;
  /** The systemd unit it is the main process of; null: none, or no systemd. */
  unit: string | null;
  /** Its command line keeps it in the foreground. */
  foreground: boolean;
  /** Ids of its worker processes; empty when the host does not show them. */
  workers: string;
  /** The master of before, which handed over to this one and whose workers still accept connections; null: there is none. */
  oldMaster: number | null;
  /** Effective user ID of the process; null: the host does not show it. */
  runsAs: number | null;
  /** Whoever asked, as all commands of this connection do. */
  askedBy: { id: number; name: string } | null;
}

/**
 * Prints process id, unit, command line, workers, the master of before, its user and who asks on a line each. nginx keeps the id of that one in
 * `….oldbin` until it ends. Ends with 3: no pid file, 4: no number in it, 5: not running
 * or another program. A unit counts only when systemd itself says that this process is its main one, and that it can be
 * reloaded: one without ExecReload= refuses.
 */
const readScript = `
pid=$(cat -- "$1" 2>/dev/null) || exit 3
case $pid in ''|*[!0-9]*) exit 4;; esac
title= workers=
if [ -d /proc/self ]; then
  title=$(tr '\\0\\n' '  ' < "/proc/$pid/cmdline" 2>/dev/null) || exit 5
  case $title in
    *[Nn][Gg][Ii][Nn][Xx]*|*[Oo][Pp][Ee][Nn][Rr][Ee][Ss][Tt][Yy]*|*[Aa][Nn][Gg][Ii][Ee]*|*[Tt][Ee][Nn][Gg][Ii][Nn][Ee]*) ;;
    *) exit 5;;
  esac
else
  ps -p "$pid" >/dev/null 2>&1 || exit 5
fi
${reloadableUnit}
{ read -r workers < "/proc/$pid/task/$pid/children"; } 2>/dev/null
old=
before=$(cat -- "$1.oldbin" 2>/dev/null)
# left of a crash, it may name any process by now, this one too
case $before in ''|*[!0-9]*|"$pid") ;; *)
  children=
  { read -r children < "/proc/$before/task/$before/children"; } 2>/dev/null
  for child in $children; do
    case $(tr '\\0\\n' '  ' < "/proc/$child/cmdline" 2>/dev/null) in
      *': worker process is shutting down'*) ;;
      *': worker process'*) old=$before;;
    esac
  done;;
esac
user=$(sed -n 's/^Uid:[[:space:]]*[0-9]*[[:space:]]*\\([0-9]*\\).*/\\1/p' "/proc/$pid/status" 2>/dev/null)
[ -n "$user" ] || user=$(ps -o uid= -p "$pid" 2>/dev/null)
printf '%s\\n' "$pid" "$unit" "$title" "$workers" "$old" "$user" "$(id -u)" "$(id -un)"
`;

/** Null when nginx does not run (or its pid file names no nginx). */
export async function runningServer(
  connection: HostConnection,
  pidPath: string,
): Promise<RunningServer | null> {
  const result = await connection.exec({
    argv: ['sh', '-c', readScript, 'sh', pidPath],
    timeoutMs: 30_000,
  });
  if (result.code !== 0) return null;
  const lines = result.stdout.toString('utf8').split('\n');
  const [pid = '', unit = '', title = '', workers = '', old = '', user = '', id = '', name = ''] = lines;
  return {
    pid: Number(pid),
    unit: unit === '' ? null : unit,
    foreground: /daemon +off/.test(title),
    workers: workers.trim(),
    oldMaster: old === '' ? null : Number(old),
    runsAs: userId(user),
    askedBy: userId(id) === null ? null : { id: Number(id), name },
  };
}

const userId = (text: string): number | null => (/^\s*\d+\s*$/.test(text) ? Number(text) : null);

/**
 * Throws `endpoint.handing-over` while the master of before serves too: told to reload, it starts workers without reading the
 * configuration again, and they would go on showing what was replaced.
 */
export function refuseHandingOver({ description }: HostConnection, server: RunningServer | null): void {
  if (server === null || server.oldMaster === null) return;
  throw new Failure(
    'endpoint.handing-over',
    `Two nginx masters serve on ${description}: process ${server.pid} took over from ${server.oldMaster}, which would continue to show the previous certificate.`,
    { hint: `End the old one (kill -QUIT ${server.oldMaster}), or end the new one, then try again.` },
  );
}

/** systemd must do it when nginx is its own, so that its view stays right; else nginx tells its master itself. */
export function reloadCommand(program: Program, server: RunningServer | null): CommandChange {
  if (server !== null && server.unit !== null) return unitReload('nginx', server.unit);
  return {
    kind: 'command',
    argv: argvOf(program, '-s', 'reload'),
    why: 'nginx reloads its configuration, certificates and keys without dropping connections.',
  };
}

export function startCommand(program: Program, server: Pick<RunningServer, 'unit'>): string[] {
  if (server.unit !== null) return unitStart(server.unit);
  return argvOf(program);
}

/** What `startCommand` can be on the server that these commands of a plan reload. */
export function startCommands(program: Program, commands: readonly CommandChange[]): string[][] {
  return [null, ...reloadedUnits(commands)].map((unit) => startCommand(program, { unit }));
}
