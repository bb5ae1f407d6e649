/**
 * Joins parts so that no two different lists give the same bytes: each part with its length (4 bytes, big endian)
 * before it. What is authenticated or hashed is framed this way.
 */
export function frame(parts: readonly (string | Uint8Array)[]): Buffer {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'utf8') : part;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    pieces.push(length, bytes);
  }
  return Buffer.concat(pieces);
}
