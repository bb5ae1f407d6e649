import type { TomcatSettings } from '#shared/catalog/endpoints/tomcat.ts';
import { Failure } from '#shared/failure.ts';
import type { CommandChange } from '#shared/model/changes/command.ts';
import type { HostConnection } from '../../connections/connection.ts';
import type { TomcatPlace } from './host-place.ts';
import { managerArgv } from './manager.ts';

/** What makes a Tomcat serve other certificates. */
export type Way =
  /** Certificates and keys are read again; `server.xml` is not. */
  | { way: 'manager'; url: string }
  /** Its process ends and another one starts. */
  | { way: 'systemd'; unit: string }
  | { way: 'service'; service: string }
  | { way: 'catalina'; home: string; base: string; user: string };

/** Those by which a Tomcat that is dead is started too. */
export type Restart = Exclude<Way, { way: 'manager' }>;

/**
 * How this Tomcat is made to serve a change. `edited`: `server.xml` is another one, which only a start reads; `reachesAll`: the manager
 * reloads every TLS connector. Throws `endpoint.restart-failed` when the settings leave no way.
 */
export async function wayFor(
  connection: HostConnection,
  settings: TomcatSettings,
  place: TomcatPlace,
  { edited, reachesAll }: { edited: boolean; reachesAll: () => Promise<boolean> },
): Promise<Way> {
  const { managerUrl, restartMethod } = settings;
  const mayReload = restartMethod === 'auto' || restartMethod === 'manager';
  if (mayReload && managerUrl !== null && !edited && (await reachesAll()))
    return { way: 'manager', url: managerUrl };
  if (restartMethod === 'manager')
    throw none(
      connection,
      edited
        ? 'its configuration is edited, which only a restart of Tomcat reads, and the restart method is manager'
        : 'the manager reloads the connectors of its own Service only, unless its user has the role manager-jmx, and the restart method is manager',
      `Set the restart method to auto, service or catalina${edited ? '' : ', or give the user that role'}.`,
    );
  return restartFor(connection, settings, place);
}

/** How it is started again; as above. */
export async function restartFor(
  connection: HostConnection,
  { service, restartMethod }: TomcatSettings,
  { home, base, running }: TomcatPlace,
): Promise<Restart> {
  const name = service ?? running?.unit ?? null;
  if (name !== null && restartMethod !== 'catalina') {
    const systemd = (await connection.stat('/run/systemd/system')) !== null;
    return systemd ? { way: 'systemd', unit: name } : { way: 'service', service: name };
  }
  if (restartMethod === 'service')
    throw none(
      connection,
      'it does not run as the main process of a systemd unit, and no service is named',
      'Name the service with --service.',
    );
  if (home === null || (await connection.stat(`${home}/bin/catalina.sh`)) === null)
    throw none(
      connection,
      'it runs as no systemd unit, and there is no bin/catalina.sh in its CATALINA_HOME',
      'Name the service with --service, or the manager with --manager_url.',
    );
  return { way: 'catalina', home, base, user: running?.user ?? '' };
}

const none = ({ description }: HostConnection, why: string, hint: string): Failure =>
  new Failure(
    'endpoint.restart-failed',
    `There is no way to make the Tomcat on ${description} serve a change: ${why}.`,
    { hint },
  );

const interrupts = 'which interrupts everything it serves until it has started';

/** As a plan shows it. `pid`: the process that runs. */
export function commandsOf(way: Way, pid: number | null): CommandChange[] {
  switch (way.way) {
    case 'manager':
      return [
        {
          kind: 'command',
          argv: [...managerArgv],
          why: `The manager at ${way.url} loads all certificates and keys again (sslReload), without a restart. The address and its password are on the input of curl.`,
        },
      ];
    case 'systemd':
      return [
        {
          kind: 'command',
          argv: ['systemctl', 'restart', way.unit],
          why: `Tomcat runs as the unit ${way.unit}: systemd restarts it, ${interrupts}.`,
        },
      ];
    case 'service':
      return [
        {
          kind: 'command',
          argv: ['service', way.service, 'restart'],
          why: `Tomcat is restarted as the service ${way.service}, ${interrupts}.`,
        },
      ];
    case 'catalina': {
      const stop: CommandChange = {
        kind: 'command',
        argv: ['kill', '-TERM', String(pid)],
        why: `Tomcat is told to end in order, ${interrupts}.`,
      };
      const as = way.user === '' ? '' : ` as ${way.user}`;
      const start: CommandChange = {
        kind: 'command',
        argv: [`${way.home}/bin/catalina.sh`, 'start'],
        why: `Tomcat is started again${as}, as soon as its process has ended.`,
      };
      return pid === null ? [start] : [stop, start];
    }
  }
}

/**
 * `$1`: process, empty when none runs; `$2`, `$3`: CATALINA_HOME and CATALINA_BASE; `$4`: its user, empty: whoever asks. Tells it to end in
 * order, as systemd does, and waits up to a minute until it has; then starts it with the variables that it had. Options that
 * `setenv.sh` gives are given again by it, and not twice. Ends with 3 when it does not end.
 */
const catalinaScript = `
pid=$1 CATALINA_HOME=$2 CATALINA_BASE=$3 user=$4
export CATALINA_HOME CATALINA_BASE
take() {
  value=$(tr '\\0' '\\n' < "/proc/$pid/environ" 2>/dev/null | sed -n "s/^$1=//p" | head -n 1)
  [ -z "$value" ] || export "$1=$value"
}
if [ -n "$pid" ]; then
  for name in CATALINA_PID CATALINA_TMPDIR CATALINA_OUT JAVA_HOME JRE_HOME LD_LIBRARY_PATH LANG TZ UMASK; do take $name; done
  if [ ! -e "$CATALINA_BASE/bin/setenv.sh" ] && [ ! -e "$CATALINA_HOME/bin/setenv.sh" ]; then
    take JAVA_OPTS; take CATALINA_OPTS
  fi
  if [ -z "$JAVA_HOME$JRE_HOME" ]; then
    java=$(readlink "/proc/$pid/exe" 2>/dev/null)
    case $java in */bin/java) JRE_HOME=\${java%/bin/java}; export JRE_HOME;; esac
  fi
fi
as() {
  if [ -z "$user" ] || [ "$(id -un)" = "$user" ]; then "$@"
  elif command -v runuser >/dev/null 2>&1; then runuser -u "$user" -- "$@"
  else su -s /bin/sh "$user" -c 'exec "$0" "$@"' -- "$@"; fi
}
if [ -n "$pid" ]; then
  kill -TERM "$pid" || exit
  i=0
  while [ -d "/proc/$pid" ] && ! grep -q '^State:.Z' "/proc/$pid/status" 2>/dev/null; do
    [ $i -lt 600 ] || exit 3
    i=$((i + 1)); sleep 0.1 2>/dev/null || { sleep 1; i=$((i + 9)); }
  done
  # one that its parent has not waited for has ended all the same
  [ -z "$CATALINA_PID" ] || [ "$(cat "$CATALINA_PID" 2>/dev/null)" != "$pid" ] || rm -f -- "$CATALINA_PID"
fi
as "$CATALINA_HOME/bin/catalina.sh" start >&2 < /dev/null
`;

/** Restarts it, or starts it when none runs. `pid`: the process that runs. */
export function restartArgv(way: Restart, pid: number | null): [string, ...string[]] {
  const verb = pid === null ? 'start' : 'restart';
  switch (way.way) {
    case 'systemd':
      return ['systemctl', verb, way.unit];
    case 'service':
      return ['service', way.service, verb];
    case 'catalina':
      return [
        'sh',
        '-c',
        catalinaScript,
        'sh',
        pid === null ? '' : String(pid),
        way.home,
        way.base,
        way.user,
      ];
  }
}

/** Every command that may start a Tomcat again that was found like this. */
export function startCommandsOf({
  home,
  base,
  unit,
  user,
  service,
}: Record<'home' | 'unit' | 'service', string | null> & Record<'base' | 'user', string>): string[][] {
  const units = [service, unit].filter((name) => name !== null);
  const ways: Restart[] = [
    ...units.map((name) => ({ way: 'systemd' as const, unit: name })),
    ...units.map((name) => ({ way: 'service' as const, service: name })),
    ...(home === null ? [] : [{ way: 'catalina' as const, home, base, user }]),
  ];
  return ways.map((way) => restartArgv(way, null));
}
