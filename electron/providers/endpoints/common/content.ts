import { createHash } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { Secret } from '../../../secrets/secret.ts';
import type { HostConnection, NewFile } from '../../connections/connection.ts';
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

/** As a connection writes it: `sha256` is what `contentHash` gave for it. */
export function newFile(
  { path, after: { ownership } }: FileChange,
  pieces: readonly Piece[],
  sha256: string,
): NewFile {
  const options = writeOptions(ownership);
  const split = splitAt(pieces);
  if (split !== null) {
    const { before, path: onHost, after } = split;
    return { path, content: { before, onHost, after, sha256 }, options };
  }
  const secret = pieces.some((piece) => piece instanceof Secret);
  const content = joined(pieces);
  return { path, content: secret ? Secret.of(content) : content, options };
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
