import { Failure, isAboutConnection } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { type Directive, flat } from './dump.ts';
import { textsOf } from './lines.ts';
import { loadsPairs } from './places.ts';
import type { VirtualHost } from './vhosts.ts';

/**
 * Certificate and key by turns, a line each. Of those of which a file is newer than `$1` (all, where that is empty) it prints
 * number and what is wrong, of keys under a pass phrase whether they are newer than `$2`: Apache's test of its configuration reads neither, and a reload with them ends the server. What
 * the account cannot read shows nothing. Newer is what was changed in any way, or led elsewhere: a copy may keep its times.
 */
const script = `
command -v openssl >/dev/null 2>&1 || { echo none; exit 0; }
since=$1 started=$2 at=0
lines=$(cat)
fresh=
newer() { printf '%s\\n' "$lines" | tr '\\n' '\\0' | xargs -0 sh -c 'how=$1 since=$2; shift 2; find $how "$@" -prune -cnewer "$since" 2>/dev/null; :' sh "$1" "$since"; }
[ -z "$since" ] || fresh=$(newer -P; newer -L)
is_fresh() {
  case "
$fresh
" in *"
$1
"*) return 0;; esac
  [ "$1" -nt "$since" ]
}
while IFS= read -r certificate && IFS= read -r key; do
  at=$((at + 1))
  { [ -r "$certificate" ] && [ -r "$key" ]; } || continue
  if [ -n "$since" ] && ! is_fresh "$certificate" && ! is_fresh "$key"; then continue; fi
  if grep -q 'ENCRYPTED' "$key"; then
    if [ -n "$started" ] && [ "$key" -nt "$started" ]; then echo "$at phrase"; else echo "$at encrypted"; fi
    continue
  fi
  public=$(openssl x509 -in "$certificate" -noout -pubkey 2>/dev/null) || { echo "$at certificate"; continue; }
  private=$(openssl pkey -in "$key" -passin pass: -pubout 2>/dev/null) || { echo "$at key"; continue; }
  [ "$public" = "$private" ] || echo "$at mismatch"
done <<LINES
$lines
LINES
exit 0
`;

type Trouble = 'encrypted' | 'phrase' | 'certificate' | 'key' | 'mismatch';
interface Checked {
  certificate: string;
  key: string;
}

/** More than these take longer than a person waits: then only what changed since Apache was started. */
const mostAll = 60;

export interface PairReport {
  /** How many were looked at as a start does; null: there is no openssl on the host. */
  count: number | null;
  /** Those with which Apache would not start or reload. */
  broken: { certificate: string; key: string; sentence: string }[];
  encrypted: string[];
}

/**
 * Looks at the pairs of virtual hosts. `pidPath` dates the start; null: it does not run. Apache keeps a key that it has decrypted;
 * one under a pass phrase that came since needs a program that gives it. `connection.*`.
 */
export async function checkPairs(
  connection: HostConnection,
  {
    hosts,
    tree,
    pidPath,
  }: { hosts: readonly VirtualHost[]; tree: readonly Directive[]; pidPath: string | null },
): Promise<PairReport> {
  const pairs = pairsOf(hosts);
  const some = pairs.length > mostAll && pidPath !== null;
  const lines = pairs.flatMap(({ certificate, key }) => [certificate, key]);
  const output = await asked(connection, lines, [some ? pidPath : '', pidPath ?? '']);
  if (output === null || output.startsWith('none')) return { count: null, broken: [], encrypted: [] };
  const dialog = passPhraseDialog(tree);
  const given = dialog !== null && dialog !== 'builtin';
  const report: PairReport = { count: some ? 0 : pairs.length, broken: [], encrypted: [] };
  for (const [, at = '', trouble = ''] of output.matchAll(/^(\d+) (\w+)$/gm)) {
    const pair = pairs[Number(at) - 1];
    if (pair === undefined) continue;
    if (trouble === 'encrypted' || (trouble === 'phrase' && given)) report.encrypted.push(pair.key);
    else report.broken.push({ ...pair, sentence: sentenceOf(trouble as Trouble, pair) });
  }
  return report;
}

/** How Apache asks for the pass phrase of a key; null: it is not said, which is at the terminal. */
export function passPhraseDialog(tree: readonly Directive[]): string | null {
  const dialog = flat(tree).findLast(({ name }) => name === 'sslpassphrasedialog');
  return dialog === undefined ? null : (textsOf(dialog.args)[0] ?? null);
}

function pairsOf(hosts: readonly VirtualHost[]): Checked[] {
  const found = new Map<string, Checked>();
  for (const { certificate, key } of hosts.filter(loadsPairs).flatMap(({ pairs }) => pairs)) {
    if (certificate.path === null || key.path === null) continue;
    const one = { certificate: certificate.path, key: key.path };
    if (!`${one.certificate}${one.key}`.includes('\n')) found.set(`${one.certificate}\n${one.key}`, one);
  }
  return [...found.values()];
}

async function asked(
  connection: HostConnection,
  lines: readonly string[],
  args: readonly string[],
): Promise<string | null> {
  try {
    const { code, stdout } = await connection.exec({
      argv: ['sh', '-c', script, 'sh', ...args],
      stdin: Buffer.from(lines.map((line) => `${line}\n`).join('')),
      timeoutMs: 120_000,
    });
    return code === 0 ? stdout.toString('utf8') : null;
  } catch (error) {
    if (error instanceof Failure && isAboutConnection(error)) throw error;
    return null;
  }
}

function sentenceOf(trouble: Trouble, { certificate, key }: Checked): string {
  if (trouble === 'phrase')
    return `the private key ${key} needs a pass phrase, and no program gives it (SSLPassPhraseDialog)`;
  if (trouble === 'certificate') return `${certificate} holds no certificate that openssl can read`;
  if (trouble === 'key') return `${key} holds no private key that openssl can read`;
  return `the private key ${key} does not belong to the certificate ${certificate}`;
}

/** Nothing is reloaded while it would end the server. `endpoint.configuration-invalid`. */
export function refuseBroken(connection: HostConnection, { broken: [first] }: PairReport): void {
  if (first === undefined) return;
  throw new Failure(
    'endpoint.configuration-invalid',
    `A reload would stop Apache on ${connection.description}: ${first.sentence}. Its own test (apachectl -t) does not notice that.`,
    { hint: 'Correct these files, then try again.', peerSaid: first.sentence },
  );
}
