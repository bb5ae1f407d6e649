import { createHash } from 'node:crypto';
import type { FileRights } from '../connection.ts';
import { exits } from './posix-exits.ts';

/*
 * Access control lists, extended attributes, flags and labels, by the programs of Linux (acl, attr, e2fsprogs, coreutils).
 * A host that lacks one of them, or has another kind of it, cannot tell; what `ls` marks with a plus is then known to be there.
 */

/** The entries of a list that says more than the mode, one a line; nothing when there is none. */
const aclOf = (path: string) => `getfacl -cpsE -- ${path} 2>/dev/null`;

const functions = [
  // one program tells of most files that they have neither list nor attribute nor label: all three are attributes to Linux
  'plain() { x=$(getfattr -d -m - -e hex --absolute-names -- "$@" 2>/dev/null) && [ -z "$x" ]; }',
  `plus() { l=$(ls -ldL -- "$1" 2>/dev/null) && case "\${l%% *}" in *+) return 0 ;; esac; return 1; }`,
  'label() { l=$(stat -L -c %C -- "$1" 2>/dev/null) && case "$l" in *:*) printf %s "$l" ;; esac; }',
  // a file system without them has none
  'attributes() { x=$(getfattr -d -m - -e hex --absolute-names -- "$1" 2>&1) || case "$x" in *"not supported"*) return 0 ;; *) return 1 ;; esac; [ -z "$x" ] || printf "%s\\n" "$x" | grep -E "^(user|trusted|security)[.]" | grep -vE "^security[.](selinux|ima|evm)="; return 0; }',
];

/** `$1`: path. Prints a line for each thing that was found out; see `readRights`. */
export const rights = [
  ...functions,
  `[ -e "$1" ] || ls -dL -- "$1" >/dev/null || exit ${exits.notFound}`,
  'r=$1',
  `if [ -L "$1" ]; then r=$(readlink -f -- "$1" && printf x) && r=\${r%??} || r=; fi`,
  'if plain "$r"; then echo told=acl; echo told=attributes; else',
  `if a=$(${aclOf('"$r"')}); then echo told=acl; [ -z "$a" ] || printf '%s\\n' "$a" | sed -n 's/^./acl=&/p'`,
  'elif plus "$r"; then echo hidden=acl',
  'elif ls --version 2>/dev/null | grep -q "GNU coreutils"; then echo told=acl; fi',
  `if x=$(attributes "$r"); then echo told=attributes; [ -z "$x" ] || printf '%s\\n' "$x" | sed -n 's/^./attribute=&/p'; fi`,
  `printf 'label=%s\\n' "$(label "$r")"`,
  'fi',
  `if command -v lsattr >/dev/null 2>&1; then echo told=flags; f=$(lsattr -d -- "$r" 2>/dev/null) && printf 'flags=%s\\n' "\${f%% *}"; fi`,
].join('\n');

/** Parses the output of `rights`. */
export function readRights(output: string): FileRights {
  const lines = output.split('\n');
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  const told = values('told');
  const hidesAcl = values('hidden').length > 0;
  const [flags = ''] = values('flags');
  const untold = [
    ...(told.includes('acl') || hidesAcl ? [] : ['an ACL (getfacl)']),
    ...(told.includes('attributes') ? [] : ['extended attributes (getfattr)']),
    ...(told.includes('flags') ? [] : ['the immutable flag (lsattr)']),
  ];
  return {
    acl: told.includes('acl') ? values('acl').join(',') : null,
    hidesAcl,
    attributes: told.includes('attributes') ? values('attribute').map(attribute).sort().join(',') : null,
    label: values('label').find((label) => label !== '') ?? null,
    flags: [
      ...(flags.includes('i') ? (['immutable'] as const) : []),
      ...(flags.includes('a') ? (['append-only'] as const) : []),
    ],
    untold,
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
