/**
 * UTF-8 to UTF-16LE without a string in between, which could not be wiped. What is not UTF-8 becomes U+FFFD, as
 * everywhere. The caller wipes.
 */
export function utf16FromUtf8(bytes: Uint8Array): Buffer {
  const out = Buffer.alloc(bytes.length * 2);
  let length = 0;
  const put = (unit: number) => {
    length = out.writeUInt16LE(unit, length);
  };
  for (let at = 0; at < bytes.length; ) {
    const { point, size } = decode(bytes, at);
    at += size;
    if (point < 0x10000) put(point);
    else {
      put(0xd800 + ((point - 0x10000) >> 10));
      put(0xdc00 + ((point - 0x10000) & 0x3ff));
    }
  }
  return out.subarray(0, length);
}

const unreadable = { point: 0xfffd, size: 1 };

function decode(bytes: Uint8Array, at: number): { point: number; size: number } {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { point: first, size: 1 };
  const size = first >= 0xf0 && first <= 0xf4 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (size === 0 || first > 0xf4 || at + size > bytes.length) return unreadable;
  let point = first & (0x7f >> size);
  for (let next = at + 1; next < at + size; next++) {
    const byte = bytes[next] ?? 0;
    if ((byte & 0xc0) !== 0x80) return unreadable;
    point = (point << 6) | (byte & 0x3f);
  }
  const least = { 2: 0x80, 3: 0x800, 4: 0x10000 }[size] ?? 0;
  const surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < least || point > 0x10ffff || surrogate ? unreadable : { point, size };
}

/** Windows turns each character into one upper-case character, or leaves it: `ß` stays. */
export function upperCase(text: string): string {
  return Array.from(text, (one) => {
    const upper = one.toUpperCase();
    return upper.length === one.length ? upper : one;
  }).join('');
}

export function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}
