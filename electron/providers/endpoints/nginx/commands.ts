import { posix } from 'node:path';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { CommandChange } from '#shared/model/changes/command.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { said } from '../common/run.ts';
import { filesPrinted } from './dump.ts';
import { type Configuration, fullPath, resolveConfiguration } from './parse.ts';

/** What `nginx -V` tells. */
export interface Program {
  path: string;
  /** `nginx/1.22.1` */
  version: string;
  configPath: string;
  prefix: string;
  pidPath: string;
  errorLogPath: string;
}

const usualPlaces = [
  'nginx',
  '/usr/sbin/nginx',
  '/usr/local/sbin/nginx',
  '/usr/local/nginx/sbin/nginx',
  '/usr/local/openresty/nginx/sbin/nginx',
  '/opt/homebrew/bin/nginx',
];

/** Finds the program and what it was built with. `endpoint.program-missing`. */
export async function locate(
  connection: HostConnection,
  given: string | null,
  configPath: string | null,
): Promise<Program> {
  for (const path of given === null ? usualPlaces : [given]) {
    const answer = await askVersion(connection, path);
    if (answer === null) continue;
    const program = readVersion(path, answer);
    return configPath === null ? program : { ...program, configPath };
  }
  const where = given ?? 'the usual places';
  throw new Failure(
    'endpoint.program-missing',
    `No nginx program was found at ${where} on ${connection.description}.`,
    { hint: 'Install nginx there, or set its path with --nginx_path.' },
  );
}

async function askVersion(connection: HostConnection, path: string): Promise<string | null> {
  try {
    const result = await connection.exec({ argv: [path, '-V'], timeoutMs: 30_000 });
    const text = `${result.stderr.toString('utf8')}\n${result.stdout.toString('utf8')}`;
    return result.code === 0 && /nginx|openresty|tengine|angie/i.test(text) ? text : null;
  } catch (error) {
    if (error instanceof Failure) throw error;
    return null;
  }
}

function readVersion(path: string, text: string): Program {
  const option = (name: string) => {
    const found = new RegExp(`--${name}=('[^']*'|\\S+)`).exec(text)?.[1];
    return found?.replace(/^'|'$/g, '');
  };
  const prefix = option('prefix') ?? '/usr/local/nginx';
  const below = (name: string, otherwise: string) => fullPath(option(name) ?? otherwise, prefix);
  return {
    path,
    version: /version: (\S+)/.exec(text)?.[1] ?? 'unknown',
    configPath: below('conf-path', 'conf/nginx.conf'),
    prefix,
    pidPath: below('pid-path', 'logs/nginx.pid'),
    errorLogPath:
      option('error-log-path') === 'stderr' ? 'stderr' : below('error-log-path', 'logs/error.log'),
  };
}

const largestConfiguration = 128 * 1024 * 1024;

/** The whole configuration as nginx reads it now. `endpoint.configuration-invalid` with nginx's own line. */
export async function readConfiguration(
  connection: HostConnection,
  program: Program,
): Promise<Configuration> {
  const result = await connection.exec({
    argv: [program.path, '-T', '-c', program.configPath],
    timeoutMs: 60_000,
    outputBytes: largestConfiguration,
  });
  if (result.code !== 0) throw invalid(connection, program, result.stderr.toString('utf8'));
  const files = await filesPrinted(connection, result.stdout);
  return resolveConfiguration(files, program.configPath, program.prefix);
}

/** `nginx -t`: resolves with what it said. Failure `endpoint.configuration-invalid`. */
export async function testConfiguration(connection: HostConnection, program: Program): Promise<string> {
  const result = await connection.exec({ argv: testArgv(program), timeoutMs: 60_000 });
  if (result.code !== 0) throw invalid(connection, program, result.stderr.toString('utf8'));
  return said(result);
}

export const testArgv = (program: Program): [string, ...string[]] => [
  program.path,
  '-t',
  '-c',
  program.configPath,
];

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

export function errorLogPathOf(configuration: Configuration, program: Program): string | null {
  const path = mainPath(configuration, program, 'error_log') ?? program.errorLogPath;
  return posix.isAbsolute(path) && !path.startsWith('/dev/') ? path : null;
}

function mainPath(configuration: Configuration, program: Program, name: string): string | null {
  const value = configuration.directives.findLast((one) => one.name === name)?.args[0]?.text;
  if (value === undefined) return null;
  return value === 'stderr' || value.startsWith('syslog:') ? value : fullPath(value, program.prefix);
}

/** The running server, as its host shows it. */
export interface RunningServer {
  pid: number;
  /** The systemd unit it is the main process of; null: none, or no systemd. */
  unit: string | null;
  /** Ids of its worker processes; empty when the host does not show them. */
  workers: string;
}

/**
 * Prints process id, unit and workers on a line each. Ends with 3: no pid file, 4: no number in it, 5: not running
 * or another program. A unit counts only when systemd itself says that this process is its main one.
 */
const readScript = `
pid=$(cat -- "$1" 2>/dev/null) || exit 3
case $pid in ''|*[!0-9]*) exit 4;; esac
if [ -d /proc/self ]; then
  [ -r "/proc/$pid/cmdline" ] || exit 5
  tr '\\0' ' ' < "/proc/$pid/cmdline" | grep -qiE 'nginx|openresty|angie|tengine' || exit 5
else
  ps -p "$pid" >/dev/null 2>&1 || exit 5
fi
echo "$pid"
unit=
if [ -d /run/systemd/system ]; then
  unit=$(sed -n 's|^.*/\\([^/]*\\.service\\).*$|\\1|p' "/proc/$pid/cgroup" 2>/dev/null | head -n 1)
  if [ -n "$unit" ] && [ "$(systemctl show --property=MainPID "$unit" 2>/dev/null)" != "MainPID=$pid" ]; then unit=; fi
fi
echo "$unit"
cat "/proc/$pid/task/$pid/children" 2>/dev/null || true
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
  const [pid = '', unit = '', workers = ''] = result.stdout.toString('utf8').split('\n');
  return { pid: Number(pid), unit: unit === '' ? null : unit, workers: workers.trim() };
}

/** systemd must do it when nginx is its own, so that its view stays right; else nginx tells its master itself. */
export function reloadCommand(program: Program, server: RunningServer | null): CommandChange {
  if (server !== null && server.unit !== null)
    return {
      kind: 'command',
      argv: ['systemctl', 'reload', server.unit],
      why: `nginx runs as the unit ${server.unit}: systemd reloads it.`,
    };
  return {
    kind: 'command',
    argv: [program.path, '-c', program.configPath, '-s', 'reload'],
    why: 'nginx reloads its configuration, certificates and keys without dropping connections.',
  };
}

export function startCommand(program: Program, server: Pick<RunningServer, 'unit'>): string[] {
  if (server.unit !== null) return ['systemctl', 'start', server.unit];
  return [program.path, '-c', program.configPath];
}

/** What `startCommand` can be on the server that these commands of a plan reload. */
export function startCommands(program: Program, commands: readonly CommandChange[]): string[][] {
  const units = commands.flatMap(({ argv: [name, verb, unit] }) =>
    name === 'systemctl' && verb === 'reload' && unit !== undefined ? [unit] : [],
  );
  return [null, ...units].map((unit) => startCommand(program, { unit }));
}
