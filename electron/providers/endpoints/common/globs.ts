/** As the C library's glob does it: `*` and `?` match neither `/` nor a leading dot. */
export function matchesGlob(pattern: string, path: string): boolean {
  return globMatcher(pattern)(path);
}

/** What every path that matches begins with. */
export function plainStart(pattern: string): string {
  return /^[^*?[\\]*/.exec(pattern)?.[0] ?? '';
}

/** Taken apart once, for many paths. */
export function globMatcher(pattern: string): (path: string) => boolean {
  const start = plainStart(pattern);
  const parts = pattern.split('/').map((text) => ({ text, pieces: piecesOf(text) }));
  return (path) => {
    if (!path.startsWith(start)) return false;
    const names = path.split('/');
    return (
      parts.length === names.length &&
      parts.every(({ text, pieces }, i) => matchesSegment(text, pieces, names[i] ?? ''))
    );
  };
}

/** `*` by going back to the last one only: a pattern made to hurt costs no more than its length times the name's. */
function matchesSegment(segment: string, pieces: readonly Piece[], name: string): boolean {
  if (/^[*?[]/.test(segment) && name.startsWith('.')) return false;
  let [p, n, star, from] = [0, 0, -1, 0];
  while (n < name.length) {
    const piece = pieces[p];
    if (piece === '*') [star, from, p] = [p, n, p + 1];
    else if (piece?.(name[n] ?? '')) [p, n] = [p + 1, n + 1];
    else if (star >= 0) [p, n, from] = [star + 1, from + 1, from + 1];
    else return false;
  }
  while (pieces[p] === '*') p++;
  return p === pieces.length;
}

type Piece = '*' | ((character: string) => boolean);

function piecesOf(segment: string): Piece[] {
  return [...segment.matchAll(/\[!?\]?[^\]]*\]|\\.|[\s\S]/g)].map(([piece]): Piece => {
    if (piece === '*') return '*';
    if (piece === '?') return () => true;
    if (piece.length > 1 && piece.startsWith('[')) return oneOf(piece);
    const plain = piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece;
    return (character) => character === plain;
  });
}

function oneOf(set: string): Piece {
  const body = set
    .replace(/^\[!/, '[^')
    .replace(/\\/g, '\\\\')
    .replace(/^(\[\^?)\]/, '$1\\]');
  try {
    const expression = new RegExp(`^${body}$`, 's');
    return (character) => expression.test(character);
  } catch {
    return () => false; // such as `[z-a]`, which holds nothing
  }
}
