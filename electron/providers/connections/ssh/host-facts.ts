import { Failure } from '#shared/failure.ts';
import type { HostTools } from '../common/posix.ts';
import { anythingBeside } from '../common/posix-rights.ts';

/** Programs without which nothing here works. */
const neededPrograms = [
  'cat',
  'chmod',
  'chown',
  'cp',
  'dd',
  'head',
  'id',
  'ls',
  'mv',
  'readlink',
  'rm',
  'stat',
  'wc',
];

const sums = ['sha256sum', 'openssl dgst -sha256 -r', 'shasum -a 256', 'sha256 -q'];

/**
 * Probes a host after logging in, as the user. `$1` is printed back at the end: a login interpreter that is not POSIX
 * (csh, fish, Windows) spoils it or never comes that far.
 */
export const factsScript = [
  'echo "uid=$(id -u)"',
  'echo "os=$(uname -s)"',
  'if stat -c %u / >/dev/null 2>&1; then echo stat=gnu; elif stat -f %u / >/dev/null 2>&1; then echo stat=bsd; fi',
  ...sums.map(
    (sum, index) =>
      `${index === 0 ? 'if' : 'elif'} ${sum} </dev/null >/dev/null 2>&1; then echo 'sum=${sum}'`,
  ),
  'fi',
  'case $(mv --help 2>&1) in *-T*) echo mv=exact;; esac',
  'case $(sync --help 2>&1) in *FILE*) echo sync=files;; esac',
  'if timeout -s KILL 9 true >/dev/null 2>&1; then echo timeout=yes; fi',
  'x=$(printf abcdef | { dd bs=65536 count=4 iflag=fullblock,count_bytes >/dev/null 2>&1; cat; })',
  `if [ "$x" = ef ]; then if getfattr ${anythingBeside.join(' ')} / >/dev/null 2>&1; then echo beside=getfattr`,
  'else case $(ls --version 2>&1) in *"GNU coreutils"*) echo beside=ls;; esac; fi; fi',
  `for c in ${neededPrograms.join(' ')}; do command -v "$c" >/dev/null 2>&1 || echo "missing=$c"; done`,
  'if [ "$(id -u)" != 0 ] && s=$(command -v sudo); then',
  '  echo "sudo=$s"',
  '  if e=$("$s" -k -n -- /bin/sh -c : 2>&1 </dev/null); then echo sudoer=free; else echo "sudoer=$(echo "$e" | tail -n 1)"; fi',
  'fi',
  `printf 'echo=%s' "$1"`,
].join('\n');

/** What the script is given to print back. */
export const trickyText = `it's "a" \\ $b \`c\` !d ~e *\n${'é'}`;

/** What the script found. */
export interface HostFacts {
  uid: number;
  os: string;
  tools: HostTools;
  /** Path of sudo, when there is one and the user is not root. */
  sudo: string | null;
  /** `free`, or what sudo said. */
  sudoer: string;
}

/** Parses the output of `factsScript`; `host` is for sentences. */
export function readHostFacts(output: string, host: string, user: string): HostFacts {
  const end = output.indexOf('\necho=');
  if (end < 0 || output.slice(end + 6) !== trickyText) throw notPosix(host, user);
  const lines = output.slice(0, end).split('\n');
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  const missing = values('missing');
  const [sum] = values('sum');
  const [stat] = values('stat');
  const [beside] = values('beside');
  if (sum === undefined) missing.push('sha256sum (or openssl)');
  if (missing.length > 0 || sum === undefined) {
    throw new Failure(
      'ssh.tool-missing',
      `${host} lacks programs that Trustkeep needs: ${missing.join(', ')}.`,
      {
        hint: 'Install them there (coreutils, or BusyBox).',
      },
    );
  }
  return {
    uid: Number(values('uid')[0]),
    os: values('os')[0] ?? 'unknown',
    tools: {
      ...{ stat: stat === 'bsd' ? 'bsd' : 'gnu', sum },
      ...{ timeout: values('timeout').length > 0, exactMove: values('mv').length > 0 },
      syncsFiles: values('sync').length > 0,
      beside: beside === 'getfattr' || beside === 'ls' ? beside : undefined,
    },
    sudo: values('sudo')[0] ?? null,
    sudoer: values('sudoer')[0] ?? '',
  };
}

export function notPosix(host: string, user: string, said?: string): Failure {
  return new Failure('ssh.not-posix', `${host} does not give user ${user} a POSIX command interpreter.`, {
    hint: 'Trustkeep needs sh, bash, dash, ksh, zsh or BusyBox as the login shell of this user; this version does not support Windows hosts over SSH.',
    peerSaid: said?.slice(0, 300),
  });
}
