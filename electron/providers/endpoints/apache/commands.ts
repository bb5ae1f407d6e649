import { posix } from 'node:path';
import { paced } from '#kit/in-slices.ts';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type { CommandChange } from '#shared/model/changes/command.ts';
import type { ExecResult } from '../../../kit/exec.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { readTexts } from '../common/read-texts.ts';
import { reloadableUnit, reloadedUnits, unitReload, unitStart } from '../common/systemd-unit.ts';
import { type Directive, type Dump, type Included, pathsOf, readDump } from './dump.ts';
import { evaluating } from './evaluate.ts';
import { argvOf, type Program } from './program.ts';

const largestConfiguration = 128 * 1024 * 1024;
const dumps = ['DUMP_VHOSTS', 'DUMP_RUN_CFG', 'DUMP_INCLUDES', 'DUMP_CONFIG'];

/** The whole configuration as Apache resolved it now. */
export interface Configuration extends Omit<Dump, 'main' | 'tree' | 'serverRoot'> {
  main: Included;
  tree: Directive[];
  /** Apache itself printed `tree`; false: it was read from the files, which Apache listed. */
  printed: boolean;
  /** Nothing that Apache listed is missing in `tree`. */
  whole: boolean;
  serverRoot: string;
  /** Every file, by the name that Apache gives it. */
  files: string[];
}

/** Asks Apache for everything with one run of it. `endpoint.configuration-invalid` with Apache's own line. */
export async function readConfiguration(
  connection: HostConnection,
  program: Program,
): Promise<Configuration> {
  const { result, dump } = await dumped(connection, program);
  const { main, serverRoot } = dump;
  if (main === null || serverRoot === null) throw invalid(connection, result);
  const common = { ...dump, main, serverRoot, files: pathsOf(main) };
  if (dump.tree !== null) return { ...common, tree: dump.tree, printed: true, whole: true };
  const around = { serverRoot, ...(await surroundings(connection, program, main)) };
  return { ...common, ...(await paced(evaluating(main, around))), printed: false };
}

/** Which files take part, by what Apache itself says, without anything more of what they hold. */
export async function readFileNames(connection: HostConnection, program: Program): Promise<string[]> {
  const result = await ask(connection, program, null, ['DUMP_INCLUDES']);
  if (result.code !== 0) throw invalid(connection, result);
  return pathsOf((await readDump(result.stdout.toString('utf8'))).main);
}

async function dumped(
  connection: HostConnection,
  program: Program,
): Promise<{ result: ExecResult; dump: Dump }> {
  let result = await ask(connection, program, program.infoModule, dumps);
  // one that was built for another Apache is not loaded
  if (result.code !== 0 && program.infoModule !== null && /mod_info|info_module/.test(`${result.stderr}`))
    result = await ask(connection, program, null, dumps);
  if (result.code !== 0) throw invalid(connection, result);
  return { result, dump: await readDump(result.stdout.toString('utf8')) };
}

function ask(
  connection: HostConnection,
  program: Program,
  infoModule: string | null,
  what: readonly string[],
): Promise<ExecResult> {
  const load = infoModule === null ? [] : ['-C', `LoadModule info_module "${infoModule}"`];
  return connection.exec({
    argv: argvOf(program, ...load, '-t', ...what.flatMap((name) => ['-D', name])),
    timeoutMs: 120_000,
    outputBytes: largestConfiguration,
  });
}

/** What our own reading of the files needs, where mod_info is not there. */
async function surroundings(connection: HostConnection, program: Program, main: Included) {
  const [modules, texts] = await Promise.all([
    connection.exec({ argv: argvOf(program, '-M'), timeoutMs: 120_000 }),
    readTexts(connection, pathsOf(main)),
  ]);
  const names = modules.stdout.toString('utf8').matchAll(/^\s*(\w+_module) \(/gm);
  return {
    modules: new Set([...names].map(([, name = '']) => name)),
    version: /Apache\/([\d.]+)/.exec(program.version)?.[1] ?? '2.4',
    defines: program.flags.filter((_flag, at) => program.flags[at - 1] === '-D'),
    content: (path: string) => texts.get(path),
  };
}

/** `-t`: resolves when Apache accepts its configuration. Failure `endpoint.configuration-invalid`. */
export async function testConfiguration(connection: HostConnection, program: Program): Promise<void> {
  const result = await connection.exec({ argv: testArgv(program), timeoutMs: 120_000 });
  if (result.code !== 0) throw invalid(connection, result);
}

export const testArgv = (program: Program): [string, ...string[]] => argvOf(program, '-t');

/** Apache names file and line, then on a line of its own what is wrong there. */
function invalid(connection: HostConnection, { stderr }: ExecResult): Failure {
  const lines = stderr
    .toString('utf8')
    .split('\n')
    .map((line) => line.replace(/^(?:\[[^\]]*\] ?)*/, '').trim())
    .filter((line) => line !== '' && !/^AH00(?:558|111|112|548|549)|^The Apache error log/.test(line))
    .filter((line) => !/^Action '.*' failed/.test(line));
  const at = lines.findIndex((line) => /Syntax error|Cannot|denied|could not|Could not/i.test(line));
  const reason = peerTail((at < 0 ? lines : lines.slice(at)).slice(0, 2).join(' ') || 'it gave no reason');
  const plain = reason.replace(/\.$/, '');
  if (/permission denied/i.test(reason))
    return new Failure(
      'endpoint.denied',
      `The account on ${connection.description} is not allowed to check the Apache configuration: ${plain}.`,
      { hint: 'Use root, or an account that is allowed to run apachectl with sudo.', peerSaid: reason },
    );
  return new Failure(
    'endpoint.configuration-invalid',
    `Apache on ${connection.description} does not accept its configuration: ${plain}.`,
    { hint: 'Fix what Apache reports. Run apachectl -t to see it again.', peerSaid: reason },
  );
}

/** Below ServerRoot where it is relative. */
export function fullPath(path: string, { serverRoot }: Pick<Configuration, 'serverRoot'>): string {
  return posix.isAbsolute(path) ? path : posix.join(serverRoot, path);
}

/** The running server, as its host shows it. */
export interface RunningServer {
  pid: number;
  /** The systemd unit it is the main process of; null: none, or no systemd. */
  unit: string | null;
  /** Its command line keeps it in the foreground. */
  foreground: boolean;
}

/**
 * Prints process ID, unit and command line of the process that a pid file names. Ends with 3: no pid file, 4: no number in it,
 * 5: not running or another program. A unit counts only when systemd says that this process is its main one, and that it can be reloaded.
 */
const readScript = `
pid=$(cat -- "$1" 2>/dev/null) || exit 3
case $pid in ''|*[!0-9]*) exit 4;; esac
title=
if [ -d /proc/self ]; then
  read -r name < "/proc/$pid/comm" 2>/dev/null || exit 5
  case $name in apache2|httpd|httpd-*|httpd.*) ;; *) exit 5;; esac
  title=$(tr '\\0\\n' '  ' < "/proc/$pid/cmdline" 2>/dev/null)
  [ -n "$title" ] || exit 5
else
  ps -p "$pid" >/dev/null 2>&1 || exit 5
fi
${reloadableUnit}
printf '%s\\n' "$pid" "$unit" "$title"
`;

/** Null when it does not run (or its pid file names another program). */
export async function runningServer(
  connection: HostConnection,
  pidPath: string | null,
): Promise<RunningServer | null> {
  if (pidPath === null) return null;
  const result = await connection.exec({
    argv: ['sh', '-c', readScript, 'sh', pidPath],
    timeoutMs: 30_000,
  });
  if (result.code !== 0) return null;
  const [pid = '', unit = '', title = ''] = result.stdout.toString('utf8').split('\n');
  return {
    pid: Number(pid),
    unit: unit === '' ? null : unit,
    foreground: /-D ?(?:FOREGROUND|NO_DETACH|ONE_PROCESS)|(?:^| )-X(?: |$)/.test(title),
  };
}

/** Never by a signal of ours: Apache checks its files first when it is asked itself, and systemd keeps its view right. */
export function reloadCommand(program: Program, server: RunningServer | null): CommandChange {
  if (server !== null && server.unit !== null) return unitReload('Apache', server.unit);
  return {
    kind: 'command',
    argv: argvOf(program, '-k', 'graceful'),
    why: 'Apache reloads its configuration, certificates and keys without dropping connections.',
  };
}

export function startCommand(program: Program, server: Pick<RunningServer, 'unit'>): string[] {
  return server.unit !== null ? unitStart(server.unit) : argvOf(program, '-k', 'start');
}

/** What `startCommand` can be on the server that these commands of a plan reload. */
export function startCommands(program: Program, commands: readonly CommandChange[]): string[][] {
  return [null, ...reloadedUnits(commands)].map((unit) => startCommand(program, { unit }));
}
