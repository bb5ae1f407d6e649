import { exits } from './posix-exits.ts';
import { anythingBeside } from './posix-rights.ts';
import { type HostTools, move } from './posix-tools.ts';

/**
 * Several files with as few programs as can be: most hosts and files are plain, and each program that is started costs as much as
 * all else. `$1`: random, in hexadecimal; then for each file: path, mode, owner, group, SHA-256, length of what comes before a file of
 * the host, that file (may be empty), length of what comes after it. On standard input, in their order, what comes before and after. Removes first what writes of these files that were cut off have left.
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
    'rnd=$1 count=0 names= changed=',
    'shift',
    'undo() { while [ "$count" -gt 0 ]; do eval "rm -f -- \\"\\$t$count\\""; count=$((count - 1)); done; }',
    `trap 'undo' 0; trap 'exit 1' 1 2 13 15`,
    `long_way() { exit ${exits.notPlain}; }`,
    ...eachMade,
    ...nothingBeside(tools),
    ...eachFilled,
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
  '  t=$s$rnd',
  '  true >"$t" || long_way',
  '  count=$((count + 1))',
  '  eval "r$count=\\$r t$count=\\$t m$count=\\$2 o$count=\\$3:\\$4 h$count=\\$5 b$count=\\$6 k$count=\\$7 a$count=\\$8"',
  '  shift 8',
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
const intoNew = 'of="$t" conv=notrunc,fsync';

const eachFilled = [
  `exactly() { [ "$1" = 0 ] || dd ${exactly('$1')}; }`,
  'fill() {',
  `  if [ -n "$2" ]; then { exactly "$1" && cat -- "$2" && exactly "$3"; } | dd bs=65536 ${intoNew}`,
  `  elif [ "$1" = 0 ]; then dd if=/dev/null ${intoNew}`,
  `  else dd ${exactly('$1')} ${intoNew}; fi 2>/dev/null`,
  '}',
  'i=0 want=',
  'for t; do',
  '  i=$((i + 1))',
  '  eval "fill \\"\\$b$i\\" \\"\\$k$i\\" \\"\\$a$i\\"" || long_way',
  '  eval "want=\\"$want \\$h$i\\""',
  'done',
];

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
  // where whose it is was asked once before, a new file of ours needs no program to be seen to be right
  'ours() { for t; do [ -O "$t" ] && [ -G "$t" ] || return 1; done 2>/dev/null; }',
  `if same o; then { [ "$one" = "\${own-}" ] && ours "$@"; } || chown -h -- "$one" "$@" || long_way`,
  'else i=0; for t; do i=$((i + 1)); eval "o=\\$o$i"; chown -h -- "$o" "$t" || long_way; done; fi 2>/dev/null',
  'i=0',
  'for t; do',
  '  i=$((i + 1))',
  '  eval "m=\\$m$i"',
  '  if [ -L "$t" ] || [ ! -f "$t" ]; then long_way; fi',
  '  [ "$m" = 0600 ] || chmod "$m" "$t" 2>/dev/null || long_way',
  'done',
];

function placed(tools: HostTools): string[] {
  return [
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
