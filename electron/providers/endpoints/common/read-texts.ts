import { randomBytes } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import type { HostConnection } from '../../connections/connection.ts';

/** For each path a line with its size, then its bytes. */
const script = `
mark=$1; shift
for f; do
  size=$(wc -c < "$f" 2>/dev/null) || { printf '%s none\\n' "$mark"; continue; }
  printf '%s %d\\n' "$mark" "$size"; cat -- "$f" || exit 1
done
`;
const atOnce = 100;

/**
 * Bytes of files, many with one command, by their path. What cannot be read is left out. `endpoint.configuration-changed`
 * when one changed while it was read; `connection.*`.
 */
export async function readTexts(
  connection: HostConnection,
  paths: readonly string[],
): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (let from = 0; from < paths.length; from += atOnce) {
    const some = paths.slice(from, from + atOnce);
    const mark = `trustkeep-${randomBytes(12).toString('hex')}`;
    const { stdout } = await connection.exec({
      argv: ['sh', '-c', script, 'sh', mark, ...some],
      outputBytes: 128 * 1024 * 1024,
    });
    let at = 0;
    for (const path of some) {
      const feed = stdout.indexOf(0x0a, at);
      const [seen, size = ''] = stdout.subarray(at, Math.max(feed, at)).toString('latin1').split(' ');
      if (seen !== mark) throw changed(connection);
      at = feed + 1;
      if (size === 'none') continue;
      found.set(path, stdout.subarray(at, at + Number(size)));
      at += Number(size);
    }
  }
  return found;
}

function changed({ description }: HostConnection): Failure {
  return new Failure(
    'endpoint.configuration-changed',
    `The configuration on ${description} changed while it was read.`,
    { hint: 'Someone may be changing it. Try again when they are done.' },
  );
}
