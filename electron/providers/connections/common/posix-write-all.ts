import { exits } from './posix-exits.ts';
import { anythingBeside } from './posix-rights.ts';
import { type HostTools, move } from './posix-tools.ts';

/**
 * Several files with as few programs as can be: most hosts and files are plain, and each program that is started costs as much as
 * all else. `$1`: random, in hexadecimal; then for each file: path, mode, owner, group, SHA-256, length of what comes before a file of
 * the host, that file (may be empty), length of what comes after it, umask of a new file of this mode (empty: there is none). On standard input, in their order, what comes before and after. Removes first what writes of these files that were cut off have left.
 *
 * What is not plain (a link, a list or an attribute or a label on an old file, or given to a new one by its directory), and what
 * fails before the first file is renamed, ends with `notPlain`, and nothing of it stays: the long way does it, or says why not.
 *
 * A new file is made empty, and known to be open to us alone before anything is written into it: a list that its
 * directory gave it would show. Owner and mode are given last, to a file that has been read back.
 */
export function writeAll(tools: HostTools): string {
  return [
    'umask 077',
    // whom our files belong to; who keeps an interpreter has asked it once
    `rnd=$1 count=0 own=\${own-} changed=`,
    'shift',
    'undo() { while [ "$count" -gt 0 ]; do eval "rm -f -- \\"\\$t$count\\""; count=$((count - 1)); done; }',
    `trap 'undo' 0; trap 'exit 1' 1 2 13 15`,
    `long_way() { exit ${exits.notPlain}; }`,
    'ours() { for t; do [ -O "$t" ] && [ -G "$t" ] || return 1; done 2>/dev/null; }',
    ...eachMade,
    ...nothingBeside(tools),
    ...eachFilled(tools),
    ...readBack(tools),
    ...owned,
    ...placed(tools),
    'count=0',
  ].join('\n');
}

/** `r1`, `t1`… are place and new file of each, `m1`, `o1`, `h1`, `b1`, `k1`, `a1` what is to become of it. `$@` is used up. */
const eachMade = [
  'set -C',
  'while [ $# -gt 0 ]; do',
  '  if [ -L "$1" ] || [ -d "$1" ]; then long_way; fi',
  '  if [ -e "$1" ] && [ ! -f "$1" ]; then long_way; fi',
  `  n=\${1##*/}`,
  `  cd -P "\${1%/*}/." 2>/dev/null || long_way`,
  `  r=\${PWD%/}/$n s=\${PWD%/}/.$n.trustkeep-`,
  `  for old in "$s"*; do if [ -f "$old" ] || [ -L "$old" ]; then case "\${old#"$s"}" in`,
  `    ${'[0-9a-f]'.repeat(16)}*) rm -f -- "$old" || long_way ;;`,
  '    *) long_way ;;',
  '  esac; fi; done',
  '  t=$s$rnd m=$2',
  // one that is to be ours has its mode from the beginning, which is no more than it is to be open to
  '  if [ -n "$9" ] && [ "$3:$4" = "$own" ]; then umask "$9"; m=; fi',
  '  true >"$t" || long_way',
  '  umask 077',
  '  count=$((count + 1))',
  '  eval "r$count=\\$r t$count=\\$t m$count=\\$m o$count=\\$3:\\$4 h$count=\\$5 b$count=\\$6 k$count=\\$7 a$count=\\$8"',
  '  [ -n "$m" ] || ours "$t" || long_way',
  '  shift 9',
  'done 2>/dev/null',
  'set +C',
  'i=0',
  'while [ "$i" -lt "$count" ]; do i=$((i + 1)); eval "set -- \\"\\$@\\" \\"\\$t$i\\""; done',
];

/** `$@` are the new files from here on. */
function nothingBeside(tools: HostTools): string[] {
  const olds = [
    'olds() { i=0; while [ "$i" -lt "$count" ]; do i=$((i + 1)); eval "r=\\$r$i"; if [ -e "$r" ]; then set -- "$@" "$r"; fi; done; beside "$@"; }',
  ];
  if (tools.beside === 'getfattr')
    return [
      `beside() { x=$(getfattr ${anythingBeside.join(' ')} "$@" 2>/dev/null) && [ -z "$x" ]; }`,
      ...olds,
      'olds "$@" || long_way',
    ];
  // behind the ten letters of the mode, a list shows as a plus and a label as a dot
  return [
    `beside() { x=$(ls -ldL -- "$@" 2>/dev/null) || return 1; case "$nl$x" in *"$nl"??????????[+.@]*) return 1 ;; esac; }`,
    "nl='\n'",
    ...olds,
    'olds "$@" || long_way',
  ];
}

/** Exactly so many bytes of standard input, which others read as well. */
const exactly = (count: string) => `bs=65536 count="${count}" iflag=fullblock,count_bytes`;
const intoNew = 'of="$t" conv="$4"';

/** Where the host can flush one file, all but the last are flushed while others are written: a disk that is busy takes them together. */
function eachFilled({ syncsFiles }: HostTools): string[] {
  return [
    `exactly() { [ "$1" = 0 ] || dd ${exactly('$1')}; }`,
    'fill() {',
    `  if [ -n "$2" ]; then { exactly "$1" && cat -- "$2" && exactly "$3"; } | dd bs=65536 ${intoNew}`,
    `  elif [ "$1" = 0 ]; then dd if=/dev/null ${intoNew}`,
    `  else dd ${exactly('$1')} ${intoNew}; fi 2>/dev/null`,
    '}',
    'i=0 want= flushed=',
    'for t; do',
    '  i=$((i + 1)) conv=notrunc,fsync',
    ...(syncsFiles === true ? ['  [ "$i" = "$count" ] || conv=notrunc'] : []),
    '  eval "fill \\"\\$b$i\\" \\"\\$k$i\\" \\"\\$a$i\\" $conv" || long_way',
    '  if [ "$conv" = notrunc ]; then sync "$t" >/dev/null 2>&1 & flushed="$flushed $!"; fi',
    '  eval "want=\\"$want \\$h$i\\""',
    'done',
  ];
}

function readBack({ sum }: HostTools): string[] {
  if (sum !== 'sha256sum')
    return [
      `sums() { for t; do s=$(${sum} <"$t") || return 1; got="$got \${s%% *}"; done; }`,
      'got=; sums "$@" || long_way',
      '[ "$got" = "$want" ] || long_way',
    ];
  // it writes a backslash before the line of a name that holds a line feed or a backslash
  return [
    `lines() { set -f; IFS='\n'; for l in $1; do l=\${l#\\\\}; got="$got \${l%% *}"; done; unset IFS; set +f; }`,
    'x=$(sha256sum -- "$@") || long_way',
    'got=; lines "$x"',
    '[ "$got" = "$want" ] || long_way',
  ];
}

/** One program for all files, where all are to be the same. */
const owned = [
  'same() { i=1; eval "one=\\$$1$i"; while [ "$i" -lt "$count" ]; do i=$((i + 1)); eval "[ \\"\\$one\\" = \\"\\$$1$i\\" ]" || return 1; done; }',
  `if same o; then { [ "$one" = "$own" ] && ours "$@"; } || chown -h -- "$one" "$@" || long_way`,
  'else i=0; for t; do i=$((i + 1)); eval "o=\\$o$i"; chown -h -- "$o" "$t" || long_way; done; fi 2>/dev/null',
  'i=0',
  'for t; do',
  '  i=$((i + 1))',
  '  eval "m=\\$m$i"',
  '  if [ -L "$t" ] || [ ! -f "$t" ]; then long_way; fi',
  '  [ -z "$m" ] || [ "$m" = 0600 ] || chmod "$m" "$t" 2>/dev/null || long_way',
  'done',
];

function placed(tools: HostTools): string[] {
  return [
    'for p in $flushed; do wait "$p" || long_way; done',
    'i=0',
    'for t; do',
    '  i=$((i + 1))',
    '  eval "r=\\$r$i"',
    `  if ! ${move(tools, 't', 'r')}; then`,
    `    [ -n "$changed" ] || long_way`,
    `    exit ${exits.notReplaced}`,
    '  fi',
    '  changed=yes',
    'done',
    'last= i=0',
    'while [ "$i" -lt "$count" ]; do',
    '  i=$((i + 1))',
    '  eval "r=\\$r$i"',
    `  d=\${r%/*}/.`,
    `  [ "$d" = "$last" ] || sync "$d" 2>/dev/null || :`,
    '  last=$d',
    'done',
  ];
}
