import { posix } from 'node:path';
import { Failure } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { type Master, mastersOf } from './masters.ts';

/** An Apache as it is asked: its control script or program, and what makes it the same instance as the one that runs. */
export interface Program {
  /** `/usr/sbin/apache2ctl` */
  path: string;
  /** `Apache/2.4.62 (Debian)` */
  version: string;
  /** What every command begins with: the program, with the environment that chooses an instance of Debian's script. */
  command: readonly [string, ...string[]];
  /** Options of the instance: `-d`, `-f`, `-D`, as given or as the running one was started. */
  flags: readonly string[];
  /** mod_info, which prints the configuration as Apache resolved it; null: it is not there. */
  infoModule: string | null;
}

/** What an endpoint says of its Apache; null: as built, or as the running one was started. */
interface Wanted {
  path: string | null;
  serverRoot: string | null;
  configFile: string | null;
}

/**
 * Asks each candidate its version, with a second argument: control scripts of the RHEL family take one only, and the server
 * program is asked in their place. Prints path, whether it is a script that chooses its instance by the environment, and what it
 * answered; then where mod_info is.
 */
const script = `
found=
for ctl; do
  case $ctl in /*) [ -x "$ctl" ] || continue;; *) command -v "$ctl" >/dev/null 2>&1 || continue;; esac
  answer=$("$ctl" -D TRUSTKEEP -v 2>/dev/null) || continue
  case $answer in *Apache/*) found=$(command -v "$ctl"); break;; esac
done
[ -n "$found" ] || exit 3
by=plain
head -c 20000 "$found" 2>/dev/null | grep -q APACHE_CONFDIR && by=environment
printf '%s\\n%s\\n' "$found" "$by"
printf '%s\\n' "$answer" | head -n 1
for directory in /usr/lib/apache2/modules /usr/lib64/httpd/modules /usr/lib/httpd/modules /usr/lib64/apache2 /usr/lib/apache2 /usr/local/apache2/modules /usr/local/lib/httpd/modules /usr/libexec/apache2; do
  if [ -f "$directory/mod_info.so" ]; then printf '%s\\n' "$directory/mod_info.so"; break; fi
done
exit 0
`;

const usualPlaces = [
  'apache2ctl',
  'apachectl',
  'httpd',
  '/usr/sbin/apache2ctl',
  '/usr/sbin/apachectl',
  '/usr/sbin/httpd',
  '/usr/local/apache2/bin/apachectl',
  '/usr/local/sbin/httpd',
];

/** Finds the program and how the instance that is meant was started. `endpoint.program-missing`, `endpoint.denied`. */
export async function locate(connection: HostConnection, wanted: Wanted): Promise<Program> {
  const { path } = wanted;
  const candidates = path === null ? usualPlaces : [path, ...besides(path)];
  const { code, stdout } = await connection.exec({
    argv: ['sh', '-c', script, 'sh', ...candidates],
    timeoutMs: 60_000,
  });
  const [found = '', by = '', version = '', infoModule = ''] = stdout.toString('utf8').split('\n');
  if (code !== 0 || found === '') throw missing(connection, path);
  const number = /Apache\/(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  refuseOld(connection, number);
  const master = masterFor(await mastersOf(connection), wanted);
  const root = wanted.serverRoot ?? master?.serverRoot ?? null;
  const config = wanted.configFile ?? master?.configFile ?? null;
  const byEnvironment = by === 'environment' && root !== null;
  return {
    path: found,
    version: version.replace(/^Server version: */, ''),
    command: byEnvironment ? ['env', `APACHE_CONFDIR=${root}`, found] : [found],
    flags: [
      ...(root === null || byEnvironment ? [] : ['-d', root]),
      ...(config === null ? [] : ['-f', config]),
      ...(master?.flags ?? []),
    ],
    infoModule: infoModule === '' ? null : infoModule,
  };
}

/** Where the program lies to a control script that takes one argument only. */
function besides(path: string): string[] {
  if (!/\/[^/]*ctl$/.test(path)) return [];
  const directory = path.slice(0, path.lastIndexOf('/'));
  return [`${directory}/httpd`, `${directory}/apache2`, `${directory}/../sbin/httpd`];
}

function missing(connection: HostConnection, path: string | null): Failure {
  return new Failure(
    'endpoint.program-missing',
    `No Apache program was found at ${path ?? 'the usual places'} on ${connection.description}.`,
    { hint: 'Install Apache there, or set apachectl in the settings of the endpoint.' },
  );
}

/** Before 2.4.8 a certificate file held no chain: what is written would be served without its intermediates. */
function refuseOld(connection: HostConnection, number: RegExpExecArray | null): void {
  const [, major, minor, patch] = (number ?? []).map(Number);
  if (major === undefined || major > 2) return;
  if (major === 2 && (minor ?? 0) >= 4 && ((minor ?? 0) > 4 || (patch ?? 99) >= 8)) return;
  throw new Failure(
    'endpoint.program-missing',
    `Apache on ${connection.description} is older than 2.4.8, which Trustkeep needs: it reads no chain from a certificate file.`,
    { hint: 'Update Apache there.' },
  );
}

/** How the instance that is meant was started; null: it does not run, or it is not clear which one it is. */
function masterFor(masters: readonly Master[], { serverRoot, configFile }: Wanted): Master | null {
  const [first = null] = masters;
  const plain = serverRoot === null && configFile === null;
  const fitting = masters.filter((one) =>
    plain
      ? one.serverRoot === null && one.configFile === null
      : (serverRoot === null || sameRoot(one.serverRoot, serverRoot)) &&
        (configFile === null || one.configFile === null || configOf(one) === configFile),
  );
  if (fitting.length === 1) return fitting[0] ?? null;
  return plain && masters.length === 1 ? first : null;
}

const configOf = ({ serverRoot, configFile }: Master): string =>
  posix.join(serverRoot === null || posix.isAbsolute(configFile ?? '') ? '/' : serverRoot, configFile ?? '');

const builtIn = ['/etc/apache2', '/etc/httpd', '/usr/local/apache2', '/srv/www'];
const plainPath = (path: string): string => path.replace(/\/+$/, '');

function sameRoot(given: string | null, wanted: string): boolean {
  return given === null ? builtIn.includes(plainPath(wanted)) : plainPath(given) === plainPath(wanted);
}

/** A command line that asks this Apache, or does something with it. */
export function argvOf({ command, flags }: Program, ...rest: string[]): [string, ...string[]] {
  return [...command, ...flags, ...rest];
}
