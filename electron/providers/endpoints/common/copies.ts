import { inSlices } from '#kit/in-slices.ts';
import { Failure, isAboutConnection } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { carefulGrep } from './careful-grep.ts';

/** A file whose manager is asked for. */
export interface ManagedFile {
  /** As configured. */
  path: string;
  realPath: string;
  /** The certificate that lies in it or belongs to it, PEM; null: none is known. */
  leafPem: string | null;
}

/** What makes a file a copy of what another program renews. */
export interface Copies {
  /** Where the stores of other programs have the same certificate; null: nowhere that was read. */
  original(file: ManagedFile): string | null;
  /** The hook of certbot that names this file; null: none. */
  hook(file: ManagedFile): Hook | null;
}

/** What certbot runs after a renewal. */
interface Hook {
  /** The renewal file of one certificate; null: it is run after the renewal of any. */
  conf: string | null;
  /** What names the file: a script, or the renewal file itself. */
  script: string;
}

/** Of the files that one command is about: their certificates and paths are handed to grep in one argument each, of 128 KiB at most. */
const mostBytes = 100_000;
/** Bytes of a line that tells a certificate. */
const markBytes = 65;
/** A path that is longer is not looked for. */
const longestPath = 200;

/**
 * Where these programs keep what they renew, as the command interpreter expands it: certbot (the files behind `live`), acme.sh,
 * lego, Caddy, dehydrated, mod_md.
 */
const stores = [
  ...['/etc/letsencrypt/archive', '/usr/local/etc/letsencrypt/archive'],
  ...['"$HOME"/.acme.sh', '/root/.acme.sh', '/etc/acme.sh', '/usr/local/acme.sh', '/opt/acme.sh'],
  ...['"$HOME"/.lego/certificates', '/root/.lego/certificates'],
  ...['/etc/lego/certificates', '/var/lib/lego/certificates', '/opt/lego/certificates'],
  ...['/var/lib/caddy/.local/share/caddy/certificates', '"$HOME"/.local/share/caddy/certificates'],
  ...['/var/lib/dehydrated/certs', '/etc/dehydrated/certs'],
  ...['/etc/apache2/md/domains', '/var/lib/apache2/md/domains', '/etc/httpd/state/md/domains'],
  // last: what any user can fill must not use up what is read
  ...['/home/*/.acme.sh', '/home/*/.lego/certificates'],
];

/**
 * Reads lines: some of certificates, an empty one, then paths. Prints `FILE:LINE` for each certificate of a store with such a
 * line, and `CONF<tab>SCRIPT<tab>PATH` for each path that a hook of certbot names outside of a comment. Of no file is anything else printed, and no
 * key is read. At most 4000 certificates of 128 KiB, 2000 renewal files, and of 100 hooks and 50 scripts the first 64 KiB.
 */
const script = `
${carefulGrep}
marks= names= end='
'
while IFS= read -r line && [ -n "$line" ]; do marks="$marks$line
"; done
while IFS= read -r line; do names="$names$line
"; done
marks=\${marks%?} names=\${names%?}
few() { head -n "$1" | tr '\\n' '\\0'; }
for one in ${stores.join(' ')}; do [ ! -d "$one" ] || set -- "$@" "$one"; done
if [ -n "$marks" ] && [ "$#" -gt 0 ]; then
  find "$@" -maxdepth 3 -type f -size -256 ! -path "*$end*" \\( -name 'cert*.pem' -o -name 'pubcert*.pem' -o -name '*.cer' -o -name '*.crt' \\) 2>/dev/null |
    few 4000 | xargs -0 grep $skip -soHF -e "$marks" -- /dev/null
fi
[ -n "$names" ] || exit 0
set --
for one in /etc/letsencrypt/renewal /usr/local/etc/letsencrypt/renewal; do [ ! -d "$one" ] || set -- "$@" "$one"; done
token='/[A-Za-z0-9._/@+%:,~-]+'
hook='^(renew|deploy|post)_hook *='
named() {
  sed '/^[[:space:]]*#/d' | grep -soE -e "$token" | grep -xF -e "$names" | sort -u | while IFS= read -r name; do printf '%s\\t%s\\t%s\\n' "$1" "$2" "$name"; done
}
confs=
[ "$#" = 0 ] || confs=$(find "$@" -maxdepth 1 -type f -name '*.conf' -size -256 2>/dev/null |
  few 2000 | xargs -0 grep -lsE -e "$hook" -- /dev/null | head -n 100)
for conf in $confs; do
  grep -qs '^\\[renewalparams\\]' "$conf" || continue
  grep -qisE '^autorenew *= *(false|no|off|0) *$' "$conf" && continue
  lines=$(grep -sE -e "$hook" "$conf" | head -c 4096)
  printf '%s\\n' "$lines" | named "$conf" "$conf"
  for one in $(printf '%s\\n' "$lines" | grep -oE -e "$token" | sort -u | head -n 8); do
    [ ! -f "$one" ] || head -c 65536 "$one" | named "$conf" "$one"
  done
done
count=0
for one in /etc/letsencrypt/renewal-hooks/deploy/* /etc/letsencrypt/renewal-hooks/post/*; do
  [ -f "$one" ] && [ -x "$one" ] && [ "$count" -lt 50 ] || continue
  count=$((count + 1))
  head -c 65536 "$one" | named '' "$one"
done
exit 0
`;

/**
 * Which of these files are copies of what another program renews: by their certificate, and by what certbot runs after a renewal.
 * As few commands as their names allow, one after the other. Only a lost connection rejects: what the account cannot read shows nothing.
 */
export async function findCopies(connection: HostConnection, files: readonly ManagedFile[]): Promise<Copies> {
  const originals = new Map<string, string>();
  const hooks = new Map<string, Hook>();
  for (const some of chunks(files)) await findIn(connection, some, originals, hooks);
  return {
    original: ({ leafPem }) =>
      originals.size === 0 || leafPem === null ? null : (originals.get(markOf(leafPem) ?? '') ?? null),
    hook: ({ path, realPath }) => hooks.get(path) ?? hooks.get(realPath) ?? null,
  };
}

function* chunks(files: readonly ManagedFile[]): Generator<ManagedFile[]> {
  let [some, bytes]: [ManagedFile[], number] = [[], 0];
  for (const file of files) {
    const { path, realPath } = file;
    const own = Math.max(markBytes, path.length + 1 + (path === realPath ? 0 : realPath.length + 1));
    if (bytes + own > mostBytes) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(file);
    bytes += own;
  }
  if (some.length > 0) yield some;
}

async function findIn(
  connection: HostConnection,
  files: readonly ManagedFile[],
  originals: Map<string, string>,
  hooks: Map<string, Hook>,
): Promise<void> {
  const marks = new Set<string>();
  const names = new Set<string>();
  await inSlices(files, ({ path, realPath, leafPem }) => {
    const mark = leafPem === null ? null : markOf(leafPem);
    if (mark !== null) marks.add(mark);
    for (const one of [path, realPath]) if (isPlain(one)) names.add(one);
  });
  const found = await asked(connection, `${[...marks].join('\n')}\n\n${[...names].join('\n')}\n`);
  for (const line of found.split('\n')) {
    const [conf, by, name] = line.split('\t');
    if (name !== undefined && by !== undefined && names.has(name) && !hooks.has(name))
      hooks.set(name, { conf: conf || null, script: by });
    const end = line.lastIndexOf(':');
    const mark = line.slice(end + 1);
    const place = line.slice(0, Math.max(end, 0));
    if (marks.has(mark) && !originals.has(mark) && isStored(place)) originals.set(mark, place);
  }
}

/**
 * The last whole line of a certificate as these programs write it, 64 characters: it is within the signature, so no other has it.
 * Null: it is too short to be one. However the copy is wrapped, and whatever stands around it.
 * @internal
 */
export function markOf(pem: string): string | null {
  const body =
    /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/.exec(pem)?.[1]?.replace(/\s/g, '') ?? '';
  const end = Math.floor(body.replace(/=+$/, '').length / 64) * 64;
  return end < 256 ? null : body.slice(end - 64, end);
}

/** A path whose name says nothing but where it is: anyone may have chosen it, and a person reads it. `*` is that of a wildcard. */
const isStored = (path: string): boolean =>
  path.length <= 2 * longestPath && /^\/[A-Za-z0-9._/@+%:,~*-]+$/.test(path);

/** One that the script can tell from what is around it. */
const isPlain = (path: string): boolean =>
  path.length <= longestPath && /^\/[A-Za-z0-9._/@+%:,~-]+$/.test(path);

async function asked(connection: HostConnection, lines: string): Promise<string> {
  try {
    const { code, stdout } = await connection.exec({
      argv: ['sh', '-c', script],
      stdin: Buffer.from(lines),
      timeoutMs: 60_000,
    });
    return code === 0 ? stdout.toString('utf8') : '';
  } catch (error) {
    if (error instanceof Failure && isAboutConnection(error)) throw error;
    return '';
  }
}
