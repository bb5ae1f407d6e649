import { createHash } from 'node:crypto';
import type { FileFlag, FileRights } from '../connection.ts';
import { exits } from './posix-exits.ts';

/*
 * Access control lists, extended attributes, flags and labels, by the programs of Linux (acl, attr, e2fsprogs, coreutils).
 * A host that lacks one of them, or has another kind of it, cannot tell; what `ls` marks with a plus is then known to be there.
 */

/** The entries of a list that says more than the mode, one a line; nothing when there is none. */
const aclOf = (path: string) => `getfacl -cpsE -- ${path} 2>/dev/null`;

/**
 * Options with which getfattr, given paths behind them, prints nothing and ends with 0 when none of the files has a list, an
 * attribute or a label: all three are attributes to Linux.
 */
export const anythingBeside = ['-d', '-m', '-', '-e', 'hex', '--absolute-names', '--'] as const;

const functions = [
  `plain() { x=$(getfattr ${anythingBeside.join(' ')} "$@" 2>/dev/null) && [ -z "$x" ]; }`,
  `plus() { l=$(ls -ldL -- "$1" 2>/dev/null) && case "\${l%% *}" in *+) return 0 ;; esac; return 1; }`,
  'label() { l=$(stat -L -c %C -- "$1" 2>/dev/null) && case "$l" in *:*) printf %s "$l" ;; esac; }',
  // a file system without them has none
  'attributes() { x=$(getfattr -d -m - -e hex --absolute-names -- "$1" 2>&1) || case "$x" in *"not supported"*) return 0 ;; *) return 1 ;; esac; [ -z "$x" ] || printf "%s\\n" "$x" | grep -E "^(user|trusted|security)[.]" | grep -vE "^security[.](selinux|ima|evm)="; return 0; }',
];

/** Puts where paths lead in their places, and says `found` of each that is there: ends at the first that is not. */
const whereTheyLead = [
  'for p; do',
  `  [ -e "$p" ] || ls -dL -- "$p" >/dev/null || exit ${exits.notFound}`,
  '  echo found',
  '  r=$p',
  `  if [ -L "$p" ]; then r=$(readlink -f -- "$p" && printf x) && r=\${r%??} || r=; fi`,
  '  shift',
  '  set -- "$@" "$r"',
  'done',
];

/** Of the paths, which one a script that began with `whereTheyLead` ended at. */
export function endedAt(paths: readonly string[], output: string): string {
  const found = output.split('\n').filter((line) => line === 'found').length;
  return paths[found] ?? paths[0] ?? '';
}

/** `$@`: paths. Prints `file` for each, and behind it a line for each thing that was found out; see `readRights`. */
export const rights = [
  ...functions,
  ...whereTheyLead,
  'none() { echo told=acl; echo told=attributes; }',
  'beside() {',
  `  if a=$(${aclOf('"$1"')}); then echo told=acl; [ -z "$a" ] || printf '%s\\n' "$a" | sed -n 's/^./acl=&/p'`,
  '  elif plus "$1"; then echo hidden=acl',
  '  elif ls --version 2>/dev/null | grep -q "GNU coreutils"; then echo told=acl; fi',
  `  if x=$(attributes "$1"); then echo told=attributes; [ -z "$x" ] || printf '%s\\n' "$x" | sed -n 's/^./attribute=&/p'; fi`,
  `  printf 'label=%s\\n' "$(label "$1")"`,
  '}',
  'if plain "$@"; then for r; do echo file; none; done; exit 0; fi',
  // most files have nothing: only those that may have are asked one by one
  'for r; do',
  '  echo file',
  '  if [ $# -gt 1 ] && plain "$r"; then none; else beside "$r"; fi',
  'done',
].join('\n');

/** Parses the output of `rights`, in the order of the paths. */
export function readRights(output: string): FileRights[] {
  return sectionsOf(output).map(rightsIn);
}

/** `$@`: paths. Prints `file` for each with its flags behind it; nothing where no program tells them. See `readFlags`. */
export const flags = [
  ...whereTheyLead,
  'command -v lsattr >/dev/null 2>&1 || exit 0',
  `for r; do echo file; f=$(lsattr -d -- "$r" 2>/dev/null) && printf 'flags=%s\\n' "\${f%% *}"; done`,
  'exit 0',
].join('\n');

/** Parses the output of `flags` about so many paths. */
export function readFlags(output: string, count: number): (FileFlag[] | null)[] {
  const sections = sectionsOf(output);
  if (sections.length === 0) return Array.from({ length: count }, () => null);
  return sections.map((lines) => {
    const [letters = ''] = valuesOf(lines, 'flags');
    return [
      ...(letters.includes('i') ? (['immutable'] as const) : []),
      ...(letters.includes('a') ? (['append-only'] as const) : []),
    ];
  });
}

/** The lines behind each `file`. */
function sectionsOf(output: string): string[][] {
  const sections: string[][] = [];
  for (const line of output.split('\n'))
    if (line === 'file') sections.push([]);
    else sections.at(-1)?.push(line);
  return sections;
}

const valuesOf = (lines: readonly string[], name: string): string[] =>
  lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));

function rightsIn(lines: readonly string[]): FileRights {
  const told = valuesOf(lines, 'told');
  const hidesAcl = valuesOf(lines, 'hidden').length > 0;
  return {
    acl: told.includes('acl') ? valuesOf(lines, 'acl').join(',') : null,
    hidesAcl,
    attributes: told.includes('attributes')
      ? valuesOf(lines, 'attribute').map(attribute).sort().join(',')
      : null,
    label: valuesOf(lines, 'label').find((label) => label !== '') ?? null,
    untold: [
      ...(told.includes('acl') || hidesAcl ? [] : ['an ACL (getfacl)']),
      ...(told.includes('attributes') ? [] : ['extended attributes (getfattr)']),
    ],
  };
}

/** `user.note=0x6869` with a part of its hash instead: values may be long, and are nobody's business. */
function attribute(line: string): string {
  const [, name, value] = /^([^=]+)=?(.*)$/s.exec(line) ?? [];
  const hash = createHash('sha256').update(Buffer.from((value ?? '').slice(2), 'hex'));
  return `${name}=${hash.digest('hex').slice(0, 16)}`;
}

/** As `keepRights` takes it for the list of the file whose rights are kept. */
export const sameAcl = '=';

/**
 * Defines `keep_rights FROM TO ACL`: gives TO, a new file of ours of mode 0600, what FROM has beside owner and mode, when
 * FROM is there. The list and the mode that goes with it are set in one step: were the mode set first, its mask would be
 * the group's right for a moment. A list that the directory gave TO is removed. Ends the script when something cannot be
 * kept. The mode is to be set afterwards. IMA and EVM sign content and inode: the kernel makes those.
 */
export const keepRights = [
  ...functions,
  `not_kept() { echo "$1" >&2; exit ${exits.notKept}; }`,
  'keep_rights() {',
  '  a=$3',
  // nothing to keep, and nothing that the directory gave
  `  case "$a" in ''|${sameAcl}) k=$1; [ -e "$1" ] || k=$2; if plain "$k" "$2"; then return 0; fi ;; esac`,
  `  if [ "$a" = ${sameAcl} ]; then`,
  `    if [ ! -e "$1" ]; then a=; elif a=$(${aclOf('"$1"')}); then :`,
  '    elif plus "$1"; then not_kept "It has an access control list, and getfacl cannot read it."; else a=; fi',
  '  fi',
  '  if [ -n "$a" ]; then',
  `    printf '%s\\n' "$a" | tr , '\\n' | setfacl --set-file=- -- "$2" || not_kept "The access control list could not be set."`,
  `  elif if n=$(${aclOf('"$2"')}); then [ -n "$n" ]; else plus "$2"; fi; then`,
  '    setfacl --set u::rw-,g::---,o::--- -- "$2" || not_kept "The access control list of the directory could not be kept off."',
  '  fi',
  '  [ -e "$1" ] || return 0',
  '  x=$(attributes "$1") || x=',
  '  if [ -n "$x" ]; then',
  // as getfattr writes a name: with backslash and line feed in octal
  `    q=$(printf '%s' "$2" | sed -e ':a' -e '$!{N;ba' -e '}' -e 's/\\\\/\\\\134/g;s/\\n/\\\\012/g')`,
  `    printf '# file: %s\\n%s\\n' "$q" "$x" | setfattr -h --restore=- || not_kept "The extended attributes could not be set."`,
  '  fi',
  '  c=$(label "$1")',
  '  if [ -n "$c" ] && [ "$(label "$2")" != "$c" ]; then chcon -h -- "$c" "$2" || not_kept "The label could not be set."; fi',
  '}',
].join('\n');
