import { posix } from 'node:path';
import type { HostConnection } from '../../connections/connection.ts';
import { type Directive, parseFile } from './tokens.ts';

/** What a running nginx was started with; null: it was not given. */
export interface Master {
  /** `-p`, absolute. */
  prefix: string | null;
  /** `-c` and `-e`, as given. */
  configPath: string | null;
  errorLog: string | null;
  /** `-g`, without what only says how it runs. */
  directives: string | null;
}

/**
 * Each process that calls itself a master process, with its working directory and its command line, ended by NUL bytes.
 * Anyone can give a process that name, and what it says becomes part of commands: only those of root and of this account count.
 * One with another root directory belongs to a container, where the same paths are other files. A host may run many of them:
 * one program for each, and another where the working directory matters.
 */
const script = `
me=$(id -u)
trusted() {
  [ "$1/root/." -ef / ] || return 1
  uids=
  { while read -r name values; do [ "$name" = Uid: ] && { uids=$values; break; }; done < "$1/status"; } 2>/dev/null
  [ -n "$uids" ] || return 1
  for uid in $uids; do [ "$uid" = 0 ] || [ "$uid" = "$me" ] || return 1; done
}
for file in $(grep -ls ': master process ' /proc/[0-9]*/cmdline 2>/dev/null); do
  process=\${file%/cmdline}
  trusted "$process" || continue
  title=$(tr '\\0' ' ' < "$file" 2>/dev/null)
  directory=/
  case $title in *' -p'*) directory=$(readlink "$process/cwd");; esac
  trusted "$process" || continue
  printf '%s\\0' "$directory" "$title"
done
`;

/** The masters that run on the host itself. Empty where it does not show them. `connection.*`. */
export async function mastersOf(connection: HostConnection): Promise<Master[]> {
  const { stdout } = await connection.exec({ argv: ['sh', '-c', script], timeoutMs: 30_000 });
  const fields = stdout.toString('utf8').split('\0');
  const masters: Master[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const master = readTitle(fields[at + 1] ?? '', fields[at] ?? '/');
    if (master !== null) masters.push(master);
  }
  return masters;
}

const title = /^\S+: master process (.*)$/s;
/** nginx joins its arguments with spaces: an option ends where the next one begins. A value may follow without a space. */
const option = / -([pceg]) ?(.*?)(?= -[?hvVtTqs]| -[pceg]|$)/gs;

/**
 * Reads the title of a master process, `nginx: master process nginx -p /srv/x -g daemon off;`, started in `directory`. Null: it is
 * none, or its `-g` does not parse.
 * @internal
 */
export function readTitle(text: string, directory: string): Master | null {
  const command = title.exec(text.trim())?.[1];
  if (command === undefined) return null;
  const values = new Map([...command.matchAll(option)].map(([, name = '', value = '']) => [name, value]));
  const prefix = values.get('p') ?? null;
  try {
    return {
      prefix: prefix === null ? null : posix.resolve(directory, prefix),
      configPath: values.get('c') ?? null,
      errorLog: values.get('e') ?? null,
      directives: withoutManners(values.get('g') ?? ''),
    };
  } catch {
    return null;
  }
}

/** Says how it runs, not what it is, and would have a command of ours stay in the foreground. */
const manners = new Set(['daemon', 'master_process']);

function withoutManners(text: string): string | null {
  const kept = directivesIn(text).filter(({ name }) => !manners.has(name));
  const bytes = Buffer.from(text);
  return kept.length === 0
    ? null
    : kept.map(({ start, end }) => bytes.subarray(start, end).toString('utf8')).join(' ');
}

/** What `-g` says; null gives nothing. */
export function directivesIn(text: string | null): Directive[] {
  return text === null ? [] : parseFile('-g', Buffer.from(text));
}
