import { largestRead, leftoverMinutes } from './file-failures.ts';
import { exits } from './posix-exits.ts';
import { keepRights, sameAcl } from './posix-rights.ts';
import { type HostTools, move, usualTools } from './posix-tools.ts';
import { writeAll } from './posix-write-all.ts';

export type { HostTools };
export { exits, usualTools, writeAll };

/**
 * First lines of every script. The marker on stdout divides what login files print from our output, and proves that
 * the script ran. With `guarded`, standard input must begin with the marker too: see ssh/sudo.ts.
 */
export function prologue(marker: string, guarded: boolean): string {
  return [
    'LC_ALL=C; export LC_ALL',
    `PATH="\${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH`,
    ...(guarded ? [`IFS= read -r go; [ "$go" = ${marker} ] || exit ${exits.unguarded}`] : []),
    `printf '%s\\n' ${marker}`,
    '',
  ].join('\n');
}

/** What the script itself printed, behind the marker; null when it did not run. */
export function behindMarker(stdout: Buffer, marker: string): Buffer | null {
  const line = `${marker}\n`;
  const at = stdout.indexOf(line);
  return at < 0 ? null : stdout.subarray(at + line.length);
}

/** Seconds that a program has left once we no longer wait for it. */
const graceSeconds = 2;

/**
 * `$@`: program and arguments. What we no longer wait for is ended there as well, where the host can: it would work on behind
 * our back, and keep its session, of which a server may allow one.
 */
export function run(tools: HostTools, timeoutMs: number): string {
  if (tools.timeout !== true) return 'exec "$@"';
  return `exec timeout -s KILL ${Math.ceil(timeoutMs / 1000) + graceSeconds} "$@"`;
}

/** Whether the variable names a file that is no link, without a program; its directory is then the working one, as it really is. */
const leadsNowhere = (name: string) =>
  `[ -f "$${name}" ] && [ ! -L "$${name}" ] && cd -P "\${${name}%/*}/." 2>/dev/null`;

/** `$1`: path. Prints type and mode (hex), size, uid, gid, seconds, names; user; group; real path. */
export function stat(tools: HostTools): string {
  const format =
    tools.stat === 'gnu' ? "-c '%f %s %u %g %Y %h\n%U\n%G'" : "-f '%Xp %z %u %g %m %l\n%Su\n%Sg'";
  return [
    `stat -L ${format} -- "$1" || exit ${exits.notFound}`,
    `if ${leadsNowhere('1')}; then printf '%s/%s\\n' "\${PWD%/}" "\${1##*/}"`,
    'else readlink -f -- "$1"; fi',
  ].join('\n');
}

/** A pipe may never be written to, and a device may never end: nothing but files is opened, and what is mounted over one to hide it. */
const plainFiles = [
  `if [ -d "$1" ]; then exit ${exits.isDirectory}; fi`,
  `if [ -e "$1" ] && [ ! -f "$1" ] && [ ! "$1" -ef /dev/null ]; then exit ${exits.notAFile}; fi`,
];

/** `$1`: path. One byte more than the limit tells that it is too large. */
export function read(): string {
  return [...plainFiles, `exec head -c ${largestRead + 1} -- "$1"`].join('\n');
}

/** `$1`: path. */
export function hash(tools: HostTools): string {
  return [
    ...plainFiles,
    `head -c 1 -- "$1" >/dev/null || exit ${exits.notFound}`,
    `${tools.sum} <"$1" || exit ${exits.notSummed}`,
  ].join('\n');
}

/** `$@`: paths. Prints where each leads, ended by a NUL, and then their sums in lines, as `sha256sum` does. */
export const sums = [
  `for p; do if ${leadsNowhere('p')}; then printf '%s/%s\\0' "\${PWD%/}" "\${p##*/}"; else exit ${exits.notPlain}; fi; done`,
  'exec sha256sum -- "$@"',
].join('\n');

/** `$1`: directory. Prints the names, each ended by a NUL. */
export const list = [
  `if [ -e "$1" ] && [ ! -d "$1" ]; then exit ${exits.notDirectory}; fi`,
  `ls -a -- "$1/." >/dev/null || exit ${exits.notFound}`,
  'for f in "$1"/* "$1"/.[!.]* "$1"/..?*; do',
  `  if [ -e "$f" ] || [ -L "$f" ]; then printf '%s\\0' "\${f##*/}"; fi`,
  'done',
].join('\n');

/** Names of new files begin with a part of a long name. */
const shortName = `if [ "\${#n}" -gt 200 ]; then n=$(printf '%.200s' "$n"); fi`;

/** In the directory `d`, what writes of the file `n` have left. */
const clearLeftovers = [
  shortName,
  `for s in "$d/.$n.trustkeep-"${'[0-9a-f]'.repeat(16)}*; do`,
  '  if [ -f "$s" ] || [ -L "$s" ]; then rm -f -- "$s"; fi',
  'done',
];

/** `$1`: path. Directories are refused, a symbolic link is removed itself. */
export const remove = [
  `if [ -d "$1" ] && [ ! -L "$1" ]; then exit ${exits.isDirectory}; fi`,
  `rm -f -- "$1" || exit ${exits.notReplaced}`,
  `d=\${1%/*} n=\${1##*/}`,
  ...clearLeftovers,
  syncDirectory(`"\${1%/*}/."`),
].join('\n');

/** `$@`: paths. Removes what writes of them that were cut off have left, beside where they lead. */
export const removeLeftovers = [
  'for p; do',
  `  r=$(readlink -f -- "$p" 2>/dev/null && printf x) && r=\${r%??} || continue`,
  `  d=\${r%/*} n=\${r##*/}`,
  ...clearLeftovers,
  'done',
].join('\n');

/** `$1`: from, `$2`: to. */
export function rename(tools: HostTools): string {
  return [
    `ls -d -- "$1" >/dev/null || exit ${exits.notFound}`,
    `if [ -d "$2" ]; then exit ${exits.isDirectory}; fi`,
    `${move(tools, '1', '2')} || exit ${exits.notReplaced}`,
    syncDirectory(`"\${2%/*}/."`),
  ].join('\n');
}

/**
 * `$1`: path, `$2`: mode, `$3`: owner, `$4`: group (both may be empty), `$5`: length (empty: not known), `$6`: SHA-256, `$7`:
 * random, `$8`: access control list (`=`: of the file that is replaced), `$9`: a file to put into the content (may be
 * empty) behind so many bytes of it as `$10` says.
 * Content on standard input. When the connection is lost, the input ends early: the length does not fit, and the
 * script removes its temporary file. Whoever may write into the directory could put a link where the file is, so that
 * root gives away what the link leads to: chown does not follow it, and chmod has to find a file. Owner and rights are
 * given last, so that the content is never readable by more than its writer before, and to the new file only.
 */
export function write(tools: HostTools): string {
  return [...prepared(tools), ...replace(tools)].join('\n');
}

/** Takes what `write` takes, and leaves the new file beside its place: prints its name, a NUL, and the place. */
export function prepare(tools: HostTools): string {
  return [...prepared(tools), 'trap - 0 1 2 13 15', `printf '%s\\0%s' "$t" "$r"`].join('\n');
}

/** `$@`: names and places of files that `prepare` made. Renames them one right after the other. */
export function place(tools: HostTools): string {
  return [
    `rename_all() { while [ $# -gt 0 ]; do ${move(tools, '1', '2')} || return 1; shift 2; done; }`,
    `rename_all "$@" || exit ${exits.notReplaced}`,
    'while [ $# -gt 0 ]; do',
    `  ${syncDirectory(`"\${2%/*}/."`)}`,
    '  shift 2',
    'done',
  ].join('\n');
}

/** `$@`: paths. */
export const removeAll = 'rm -f -- "$@"';

function prepared(tools: HostTools): string[] {
  return [
    'p=$1 mode=$2 o=$3 g=$4 len=$5 want=$6 rnd=$7 acl=$8 key=$9; shift 9; head=$1',
    keepRights,
    ...temporaryAt(whereItLeads),
    'content() { if [ -z "$key" ]; then cat; else { [ "$head" -eq 0 ] || dd bs=1 count="$head" 2>/dev/null; } && cat -- "$key" && cat; fi; }',
    `if dd if=/dev/null of="$t" conv=notrunc,fsync 2>/dev/null`,
    'then content | dd of="$t" bs=65536 conv=notrunc,fsync',
    'else content >"$t" && sync',
    `fi || exit ${exits.notWritten}`,
    `[ -z "$len" ] || [ "$(($(wc -c <"$t")))" -eq "$len" ] || exit ${exits.damaged}`,
    `s=$(${tools.sum} <"$t") || exit ${exits.notSummed}`,
    `[ "\${s%% *}" = "$want" ] || exit ${exits.damaged}`,
    'if [ -e "$r" ]; then',
    `  [ -n "$o" ] || o=$(${facts(tools, 'u')} -- "$r")`,
    `  [ -n "$g" ] || g=$(${facts(tools, 'g')} -- "$r")`,
    'fi',
    ...given('"$r"'),
  ];
}

/** `$1`: from, `$2`: to, `$3`: random. */
export function copy(tools: HostTools): string {
  return [
    `from=$1 p=$2 rnd=$3 acl=${sameAcl}`,
    keepRights,
    `ls -dL -- "$from" >/dev/null || exit ${exits.notFound}`,
    `if [ -d "$from" ]; then exit ${exits.isDirectory}; fi`,
    ...temporaryAt('r=$p'),
    `cp -- "$from" "$t" || exit ${exits.notWritten}`,
    `o=$(${facts(tools, 'u')} -- "$from") g=$(${facts(tools, 'g')} -- "$from") mode=$(${facts(tools, 'mode')} -- "$from")`,
    ...given('"$from"'),
    'touch -c -r "$from" -- "$t"',
    'dd if=/dev/null of="$t" conv=notrunc,fsync 2>/dev/null || sync',
    ...replace(tools),
  ].join('\n');
}

/** Owner, rights as those of `model`, and mode for the new file `t`. */
function given(model: string): string[] {
  return [
    `[ -z "$o$g" ] || chown -h -- "$o\${g:+:$g}" "$t" || exit ${exits.notOwned}`,
    `if [ -L "$t" ]; then exit ${exits.damaged}; fi`,
    `keep_rights ${model} "$t" "$acl"`,
    `chmod "$mode" "$t" || exit ${exits.notOwned}`,
  ];
}

// command substitution eats line feeds at the end
const whereItLeads = `r=$(readlink -f -- "$p" && printf x) && r=\${r%??} || r=`;

/**
 * From `p` and `rnd`: `r`, the place of the file; `d`, its directory; `t`, a new file beside it, ours alone. The umask does not
 * hold where the directory gives its files an access control list; `mktemp` makes files that nobody else can open.
 */
const temporaryAt = (place: string): string[] => [
  'umask 077',
  place,
  `if [ -z "$r" ] || [ ! -d "\${r%/*}/." ]; then ls -d -- "\${p%/*}/." >/dev/null; exit ${exits.notFound}; fi`,
  `if [ -d "$r" ]; then exit ${exits.isDirectory}; fi`,
  `d=\${r%/*} n=\${r##*/}`,
  shortName,
  'for s in "$d/.$n.trustkeep-"*; do',
  `  if [ -f "$s" ] && [ -n "$(find "$s" -mmin +${leftoverMinutes} 2>/dev/null)" ]; then rm -f -- "$s"; fi`,
  'done',
  't=$d/.$n.trustkeep-$rnd',
  `trap 'rm -f -- "$t"' 0; trap 'exit 1' 1 2 13 15`,
  `if m=$(mktemp "$t.XXXXXX" 2>/dev/null); then t=$m; else (set -C; : >"$t") && chmod 600 "$t" || exit ${exits.notWritten}; fi`,
];

const replace = (tools: HostTools): string[] => [
  `${move(tools, 't', 'r')} || exit ${exits.notReplaced}`,
  syncDirectory('"$d/."'),
];

/** Where `sync` takes no path it syncs everything, or nothing: best effort. */
function syncDirectory(directory: string): string {
  return `sync ${directory} 2>/dev/null || :`;
}

function facts(tools: HostTools, what: 'u' | 'g' | 'mode'): string {
  const format = { gnu: { u: '%u', g: '%g', mode: '%a' }, bsd: { u: '%u', g: '%g', mode: '%Mp%Lp' } };
  return `stat -L ${tools.stat === 'gnu' ? '-c' : '-f'} ${format[tools.stat][what]}`;
}
