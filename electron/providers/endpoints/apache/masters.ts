import type { HostConnection } from '../../connections/connection.ts';

/** What a running Apache was started with; null: it was not given. */
export interface Master {
  pid: number;
  /** `-d` and `-f`, as given. */
  serverRoot: string | null;
  configFile: string | null;
  /** Further options that decide over its configuration, as arguments: `-D X`, `-C …`, `-c …`. */
  flags: string[];
}

/**
 * Each parent process of an Apache with its command line, an argument on a line. Anyone can give a process that name, and what it
 * was started with becomes part of commands: only those of root and of this account count, and none in a container, where the
 * same paths are other files.
 */
const script = `
me=$(id -u)
is_apache() { name=; { read -r name < "$1/comm"; } 2>/dev/null; case $name in apache2|httpd|httpd-*|httpd.*) return 0;; esac; return 1; }
for process in /proc/[0-9]*; do
  is_apache "$process" || continue
  parent= uids=
  { while read -r key values; do
    case $key in PPid:) parent=$values;; Uid:) uids=$values; break;; esac
  done < "$process/status"; } 2>/dev/null
  [ -n "$uids" ] || continue
  is_apache "/proc/$parent" && continue
  [ "$process/root/." -ef / ] || continue
  for uid in $uids; do [ "$uid" = 0 ] || [ "$uid" = "$me" ] || continue 2; done
  printf '\\001%s\\n' "\${process#/proc/}"
  tr '\\0' '\\n' < "$process/cmdline" 2>/dev/null
done
exit 0
`;

/** Every Apache that runs on the host itself. Empty where it does not show them. `connection.*`. */
export async function mastersOf(connection: HostConnection): Promise<Master[]> {
  const { stdout } = await connection.exec({ argv: ['sh', '-c', script], timeoutMs: 30_000 });
  return stdout
    .toString('utf8')
    .split('\x01')
    .slice(1)
    .map((text) => {
      const [pid = '', , ...rest] = text.split('\n');
      return readMaster(Number(pid), rest.slice(0, -1));
    });
}

/** Only says how it runs, and what it was asked when it was started. */
const manners = new Set(['FOREGROUND', 'NO_DETACH', 'ONE_PROCESS', 'DEBUG']);
const withValue = new Set(['-D', '-C', '-c', '-d', '-f', '-k', '-e', '-E', '-n', '-R']);

/**
 * Reads the arguments of an Apache, without the name of its program. A value may follow its option without a space.
 * @internal
 */
export function readMaster(pid: number, args: readonly string[]): Master {
  const master: Master = { pid, serverRoot: null, configFile: null, flags: [] };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    const name = arg.slice(0, 2);
    if (!withValue.has(name)) continue;
    const value = arg.length > 2 ? arg.slice(2) : (args[++at] ?? '');
    if (name === '-d') master.serverRoot = value;
    else if (name === '-f') master.configFile = value;
    else if ((name === '-D' && !manners.has(value)) || name === '-C' || name === '-c')
      master.flags.push(name, value);
  }
  return master;
}
