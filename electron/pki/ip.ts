/** IP addresses as bytes and as text, without a resolver and without sockets. */

/** 4 or 16 bytes; null when the text is no address. Brackets around IPv6 are allowed, zones are not. */
export function ipBytes(text: string): Buffer | null {
  const plain = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (plain.includes(':')) return ipv6Bytes(plain);
  return plain === text ? ipv4Bytes(text) : null;
}

function ipv4Bytes(text: string): Buffer | null {
  const parts = text.split('.');
  const fine =
    parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return fine ? Buffer.from(parts.map(Number)) : null;
}

function ipv6Bytes(text: string): Buffer | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : groupsOf(half)));
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === 8 ? fromGroups(head) : null;
  const gap = 8 - head.length - tail.length;
  return gap < 1 ? null : fromGroups([...head, ...Array<number>(gap).fill(0), ...tail]);
}

function groupsOf(half: string): number[] | null {
  const parts = half.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1 ? ipv4Bytes(part) : null;
    if (last !== null) groups.push(last.readUInt16BE(0), last.readUInt16BE(2));
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

function fromGroups(groups: readonly number[]): Buffer {
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

/** Shortest text of an address (RFC 5952); null when the text is no address. */
export function ipText(text: string): string | null {
  const bytes = ipBytes(text);
  return bytes === null ? null : ipFromBytes(bytes);
}

/** Text of 4 or 16 bytes; null for any other length. */
export function ipFromBytes(bytes: Uint8Array): string | null {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return null;
  const buffer = Buffer.from(bytes);
  const groups = Array.from({ length: 8 }, (_, index) => buffer.readUInt16BE(index * 2));
  const { start, length } = longestZeros(groups);
  const hex = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  return best;
}
