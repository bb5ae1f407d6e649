import type { HostConnection } from '../../connections/connection.ts';

/** A Tomcat that runs, as its host shows it. */
export interface RunningTomcat {
  pid: number;
  /** Effective user ID; null: not shown. */
  uid: number | null;
  /** Epoch seconds, to a second or so; null: not shown. */
  startedAt: number | null;
  /** The systemd unit it is the main process of; null: none, or no systemd. */
  unit: string | null;
  /** CATALINA_BASE and CATALINA_HOME as it was started with, and where they lead; empty: not shown. */
  base: string;
  home: string;
  realBase: string;
  realHome: string;
  /** Its system properties that were given on the command line. */
  properties: ReadonlyMap<string, string>;
  /** Name of its user, home directory of that user; empty: not known. */
  user: string;
  userHome: string;
}

/** A directory of the host, and every Tomcat that runs there as far as the account sees it. */
interface Shown {
  kind: 'directory' | 'other' | 'none';
  /** It has a `conf/server.xml`. */
  isBase: boolean;
  /** Where it leads; empty: nowhere. */
  realPath: string;
  running: RunningTomcat[];
}

const end = '\0\0trustkeep-end\n';

/**
 * Says what `$1` is, then for each process whose command line names the class that starts Tomcat: its id, user, start and unit on a line; the entry
 * of its user; where its base and its home lead; then the command line as it is. The pattern does not find the search itself.
 */
const script = `
done_() { printf '\\0\\0trustkeep-end\\n'; }
kind=none conf=no
if [ -d "$1" ]; then kind=directory; elif [ -e "$1" ]; then kind=other; fi
[ ! -e "$1/conf/server.xml" ] || conf=yes
printf '%s %s\\n%s' "$kind" "$conf" "$(cd "$1" 2>/dev/null && pwd -P)"
done_
tick=$(getconf CLK_TCK 2>/dev/null || echo 100)
boot=$(sed -n 's/^btime //p' /proc/stat 2>/dev/null)
given() { tr '\\0' '\\n' < "$1" 2>/dev/null | sed -n "s/^-Dcatalina[.]$2=//p" | tail -n 1; }
for file in $(grep -lasE 'org[.]apache[.]catalina[.]startup[.]Bootstra[p]' /proc/[0-9]*/cmdline 2>/dev/null); do
  pid=\${file#/proc/}; pid=\${pid%/cmdline}
  case $(readlink "/proc/$pid/exe" 2>/dev/null) in ''|*/java*) ;; *) continue;; esac
  uid=$(sed -n 's/^Uid:[[:space:]]*[0-9]*[[:space:]]*\\([0-9]*\\).*/\\1/p' "/proc/$pid/status" 2>/dev/null)
  ticks=$(sed 's/^.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d ' ' -f 20)
  start=
  [ -z "$ticks" ] || [ -z "$boot" ] || start=$((boot + ticks / tick))
  unit=
  if [ -d /run/systemd/system ]; then
    unit=$(sed -n 's|^.*/\\([^/]*\\.service\\).*$|\\1|p' "/proc/$pid/cgroup" 2>/dev/null | head -n 1)
    case "$(systemctl show --property=MainPID "$unit" 2>/dev/null)" in "MainPID=$pid") ;; *) unit=;; esac
  fi
  entry=$(getent passwd "$uid" 2>/dev/null || grep "^[^:]*:[^:]*:$uid:" /etc/passwd 2>/dev/null | head -n 1)
  base=$(given "$file" base) home=$(given "$file" home)
  printf '%s %s %s %s\\n%s\\n' "$pid" "\${uid:--}" "\${start:--}" "\${unit:--}" "$entry"
  for one in "\${base:-$home}" "\${home:-$base}"; do readlink -f -- "$one" 2>/dev/null || printf '%s\\n' "$one"; done
  cat "$file" 2>/dev/null
  done_
done
exit 0
`;

/** Looks at a directory and at what runs, with one command. */
export async function lookAt(connection: HostConnection, directory: string): Promise<Shown> {
  const { stdout } = await connection.exec({
    argv: ['sh', '-c', script, 'sh', directory],
    timeoutMs: 30_000,
  });
  const [first = '', ...processes] = stdout.toString('utf8').split(end);
  const [facts = '', realPath = ''] = first.split('\n');
  const [kind, conf] = facts.split(' ');
  return {
    kind: kind === 'directory' || kind === 'other' ? kind : 'none',
    isBase: conf === 'yes',
    realPath,
    running: processes.flatMap((part) => readProcess(part) ?? []),
  };
}

/** Null: what has just begun or ended, or hides its command line, says nothing. */
function readProcess(part: string): RunningTomcat | null {
  const [first = '', entry = '', realBase = '', realHome = '', ...rest] = part.split('\n');
  const [pid, uid, start, unit] = first.split(' ').map((word) => (word === '-' ? '' : word));
  const properties = propertiesOf(rest.join('\n').split('\0'));
  const home = properties.get('catalina.home') ?? properties.get('catalina.base') ?? '';
  const base = properties.get('catalina.base') ?? home;
  const [user = '', , , , , userHome = ''] = entry.split(':');
  if (!Number(pid) || !base.startsWith('/')) return null;
  return {
    pid: Number(pid),
    uid: uid ? Number(uid) : null,
    startedAt: start ? Number(start) : null,
    unit: unit || null,
    ...{ base, home, realBase, realHome, properties, user, userHome },
  };
}

/** `-Dname=value` before the class; the last of a name counts. */
function propertiesOf(argv: readonly string[]): Map<string, string> {
  const end = argv.indexOf('org.apache.catalina.startup.Bootstrap');
  const given = argv.slice(0, end < 0 ? undefined : end).filter((word) => word.startsWith('-D'));
  return new Map(
    given.map((word): [string, string] => {
      const at = word.indexOf('=');
      return at < 0 ? [word.slice(2), ''] : [word.slice(2, at), word.slice(at + 1)];
    }),
  );
}
