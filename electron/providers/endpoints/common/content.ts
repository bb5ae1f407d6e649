import { createHash } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { Ownership } from '#shared/model/changes/ownership.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { run } from './run.ts';
import { writeOptions } from './states.ts';

/** A file's new content in pieces; a piece that lies on the endpoint is put in there and never travels. */
export type Piece = Buffer | Secret | { onEndpoint: string };

const isOnEndpoint = (piece: Piece): piece is { onEndpoint: string } => 'onEndpoint' in piece;

/** SHA-256 the file will have. Changes nothing. */
export async function contentHash(connection: HostConnection, pieces: readonly Piece[]): Promise<string> {
  const split = splitAt(pieces);
  if (split === null) return createHash('sha256').update(joined(pieces)).digest('hex');
  if (pieces.length === 1) return connection.hash(split.path);
  const script = `${assemble} | { sha256sum 2>/dev/null || openssl dgst -sha256 -r; }`;
  const { stdout } = await run(connection, {
    argv: ['sh', '-c', script, 'sh', split.path, String(split.before.length)],
    stdin: Secret.of(Buffer.concat([split.before, split.after])),
  });
  const hash = /\b[0-9a-f]{64}\b/.exec(stdout.toString('latin1'))?.[0];
  if (hash === undefined)
    throw new Failure('file.not-hashed', `The content of ${split.path} could not be hashed.`);
  return hash;
}

/** Takes exactly `$2` bytes of its input, then the file `$1`, then the rest of its input. */
const assemble =
  '{ if [ "$2" -gt 0 ]; then dd bs=1 count="$2" 2>/dev/null; fi; cat -- "$1" || exit 1; cat; }';

/** Puts the content in its place, atomically, with the owner and mode that the plan names. Idempotent. */
export async function placeContent(
  connection: HostConnection,
  file: FileChange,
  pieces: readonly Piece[],
): Promise<void> {
  const { ownership } = file.after;
  const split = splitAt(pieces);
  if (split === null) {
    const secret = pieces.some((piece) => piece instanceof Secret);
    const content = joined(pieces);
    await connection.write(file.path, secret ? Secret.of(content) : content, writeOptions(ownership));
    return;
  }
  // named after the key, so that `discard` finds it should we be ended in between
  const beside = `${split.path}.placed`;
  await run(connection, {
    argv: [
      'sh',
      '-c',
      `umask 077 && rm -f -- "$3" && set -C && { ${assemble}; } > "$3"`,
      'sh',
      split.path,
      String(split.before.length),
      beside,
    ],
    stdin: Secret.of(Buffer.concat([split.before, split.after])),
  });
  await setOwnerAndMode(connection, beside, ownership);
  await connection.copy(beside, file.path);
  await connection.remove(beside);
}

/** Owner first: a change of owner may clear bits of the mode. Neither follows a link that somebody put there. */
async function setOwnerAndMode(connection: HostConnection, path: string, wanted: Ownership): Promise<void> {
  // only a POSIX command interpreter puts a file together on the endpoint
  if (wanted.system !== 'posix') return;
  const facts = await connection.stat(path);
  if (facts?.owner !== wanted.owner || facts.group !== wanted.group)
    await run(connection, { argv: ['chown', '-h', '--', `${wanted.owner}:${wanted.group}`, path] });
  const script = 'if [ -L "$2" ]; then exit 1; fi; exec chmod "$1" "$2"';
  await run(connection, { argv: ['sh', '-c', script, 'sh', wanted.mode.toString(8), path] });
}

function joined(pieces: readonly Piece[]): Buffer {
  return Buffer.concat(
    pieces.map((piece) => {
      if (isOnEndpoint(piece)) throw new Error('a piece on the endpoint cannot be joined here');
      return piece instanceof Secret ? piece.bytes() : piece;
    }),
  );
}

function splitAt(pieces: readonly Piece[]): { before: Buffer; path: string; after: Buffer } | null {
  const at = pieces.findIndex(isOnEndpoint);
  const piece = pieces[at];
  if (piece === undefined || !isOnEndpoint(piece)) return null;
  return { before: joined(pieces.slice(0, at)), path: piece.onEndpoint, after: joined(pieces.slice(at + 1)) };
}
