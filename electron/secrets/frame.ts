/**
 * Joins parts so that no two different lists give the same bytes: each part with its length (4 bytes, big endian)
 * before it. What is authenticated or hashed is framed this way.
 */
export function frame(parts: readonly (string | Uint8Array)[]): Buffer {
  let total = 0;
  for (const part of parts) total += 4 + lengthOf(part);
  const all = Buffer.allocUnsafe(total);
  let at = 0;
  for (const part of parts) {
    const length = lengthOf(part);
    all.writeUInt32BE(length, at);
    if (typeof part === 'string') all.write(part, at + 4, 'utf8');
    else all.set(part, at + 4);
    at += 4 + length;
  }
  return all;
}

function lengthOf(part: string | Uint8Array): number {
  return typeof part === 'string' ? Buffer.byteLength(part, 'utf8') : part.length;
}
