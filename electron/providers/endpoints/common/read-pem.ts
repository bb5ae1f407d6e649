import { randomBytes } from 'node:crypto';
import { inTurns } from '#kit/in-turns.ts';
import { Failure, isAboutConnection } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';

export interface ReadPem {
  /** Where symbolic links lead. */
  realPath: string;
  /** The text without the content of private keys; null when it cannot be read. */
  text: string | null;
}

/**
 * For each path: its real path, then the file with the lines inside private keys left out (their headers stay). Of the
 * first so many only the real path. One program for all of them where none is a link; ends with another code where
 * that cannot be done.
 */
const quickScript = `
mark=$1; links=$2; shift 2
for f; do
  shift
  if [ -f "$f" ] && [ ! -L "$f" ] && cd -P "\${f%/*}/." 2>/dev/null; then real=\${PWD%/}/\${f##*/}
  else real=$(readlink -f -- "$f" 2>/dev/null && printf x) && real=\${real%??} || exit 1; fi
  set -- "$@" "$real"
done
LC_ALL=C awk -v mark="$mark" -v links="$links" '
BEGIN {
  for (at = 1; at < ARGC; at++) {
    file = ARGV[at]
    printf "\\n%s %s%s\\n", mark, file, mark
    if (at <= links) continue
    key = 0
    while ((got = (getline line < file)) > 0) {
      if (key) {
        if (line ~ /-----/ || line ~ /: /) print line
        if (line ~ /-----END .*PRIVATE KEY-----/) key = 0
      } else {
        if (line ~ /-----BEGIN .*PRIVATE KEY-----/) key = 1
        print line
      }
    }
    if (got < 0) printf "%s-failed\\n", mark
    close(file)
  }
}
' "$@" 2>/dev/null
`;

/** The same, with two programs for each. */
const script = `
mark=$1; links=$2; shift 2
for f; do
  printf '\\n%s %s%s\\n' "$mark" "$(readlink -f -- "$f" 2>/dev/null || printf %s "$f")" "$mark"
  if [ "$links" -gt 0 ]; then links=$((links - 1)); continue; fi
  sed -e '/-----BEGIN .*PRIVATE KEY-----/,/-----END .*PRIVATE KEY-----/{' -e '/-----/b' -e '/: /b' -e d -e '}' -- "$f" 2>/dev/null || echo "$mark-failed"
done
`;
/** Files of one command, and bytes of their names: every system allows more. */
const atOnce = { files: 400, bytes: 50_000 };

/**
 * Reads PEM files so that no private key leaves the endpoint, many with one command. Files that cannot be read have a
 * null text; only a lost connection rejects. Of `linksOnly` only the real path is wanted.
 */
export async function readPemFiles(
  connection: HostConnection,
  paths: readonly string[],
  linksOnly: readonly string[] = [],
): Promise<Map<string, ReadPem>> {
  const found = new Map<string, ReadPem>();
  const toRead = new Set(paths);
  const links = [...new Set(linksOnly)].filter((path) => !toRead.has(path));
  const wanted = [...links, ...toRead];
  const parts: { some: string[]; linkCount: number }[] = [];
  for (let at = 0; at < wanted.length; at += parts.at(-1)?.some.length ?? 1) {
    const some = wanted.slice(at, at + countFrom(wanted, at));
    parts.push({ some, linkCount: Math.min(some.length, Math.max(0, links.length - at)) });
  }
  // the next ones are read on the host while those before are taken apart here
  await inTurns(parts, 2, async ({ some, linkCount }) => {
    const texts =
      (await throughScript(connection, quickScript, some, linkCount)) ??
      (await throughScript(connection, script, some, linkCount)) ??
      (await oneByOne(connection, some, linkCount));
    for (const [i, text] of texts.entries()) found.set(some[i] ?? '', text);
  });
  return found;
}

function countFrom(paths: readonly string[], from: number): number {
  let [count, bytes] = [0, 0];
  while (count < atOnce.files && from + count < paths.length && bytes < atOnce.bytes) {
    bytes += Buffer.byteLength(paths[from + count] ?? '');
    count += 1;
  }
  return count;
}

async function throughScript(
  connection: HostConnection,
  text: string,
  paths: string[],
  links: number,
): Promise<ReadPem[] | null> {
  const mark = `trustkeep-${randomBytes(12).toString('hex')}`;
  try {
    const result = await connection.exec({
      argv: ['sh', '-c', text, 'sh', mark, String(links), ...paths],
      timeoutMs: 60_000,
      selfContained: true,
    });
    const parts = result.stdout.toString('utf8').split(`\n${mark} `).slice(1);
    if (result.code !== 0 || parts.length !== paths.length) return null;
    return parts.map((part) => {
      // a path may have line feeds in it
      const pathEnd = part.indexOf(`${mark}\n`);
      const content = part.slice(pathEnd + mark.length + 1);
      return {
        realPath: part.slice(0, pathEnd),
        text: content.includes(`${mark}-failed`) ? null : content,
      };
    });
  } catch (error) {
    if (error instanceof Failure && isAboutConnection(error)) throw error;
    return null;
  }
}

/** For machines without a POSIX shell, which only the local one can be: the content does not travel then either. */
async function oneByOne(connection: HostConnection, paths: string[], links: number): Promise<ReadPem[]> {
  const texts: ReadPem[] = [];
  for (const [i, path] of paths.entries()) {
    try {
      const realPath = (await connection.stat(path))?.realPath ?? path;
      const text = i < links ? null : withoutKeys((await connection.read(path)).toString('utf8'));
      texts.push({ realPath, text });
    } catch (error) {
      if (error instanceof Failure && isAboutConnection(error)) throw error;
      texts.push({ realPath: path, text: null });
    }
  }
  return texts;
}

function withoutKeys(text: string): string {
  return text.replace(
    /(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\r?\n)([\s\S]*?)(-----END )/g,
    (_all, begin: string, body: string, end: string) => {
      const headers = body.split('\n').filter((line) => line.includes(': '));
      return `${begin}${headers.map((line) => `${line}\n`).join('')}${end}`;
    },
  );
}
