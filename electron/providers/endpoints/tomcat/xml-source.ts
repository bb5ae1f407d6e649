/** A file of XML as its bytes and as text, and which byte a place of the text is. */
export interface XmlSource {
  path: string;
  bytes: Buffer;
  /** Without the byte order mark. */
  text: string;
  /** Byte at which the character at this offset of the text begins. Null: its encoding does not tell, so it is not edited. */
  byteAt: ((offset: number) => number) | null;
}

/** Why bytes are no text. */
export class NotText extends Error {}

/** Decodes as XML 1.0 appendix F says: a byte order mark, then what the declaration names, else UTF-8. Throws `NotText`. */
export function decodeXml(path: string, bytes: Buffer): XmlSource {
  const { label, skip } = encodingOf(bytes);
  const text = decoded(label, bytes.subarray(skip));
  return { path, bytes, text, byteAt: byteAtOf(label, skip, text) };
}

interface Encoding {
  label: string;
  /** Bytes of the mark at the beginning. */
  skip: number;
}

function encodingOf(bytes: Buffer): Encoding {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { label: 'utf-8', skip: 3 };
  if (a === 0xfe && b === 0xff) return { label: 'utf-16be', skip: 2 };
  if (a === 0xff && b === 0xfe) return { label: 'utf-16le', skip: 2 };
  if (a === 0x3c && b === 0) return { label: 'utf-16le', skip: 0 };
  if (a === 0 && b === 0x3c) return { label: 'utf-16be', skip: 0 };
  const head = bytes.subarray(0, 200).toString('latin1');
  const named = /^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/.exec(head)?.[1];
  return { label: named?.toLowerCase() ?? 'utf-8', skip: 0 };
}

function decoded(label: string, bytes: Uint8Array): string {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true, ignoreBOM: true });
  } catch {
    throw new NotText(`its encoding ${label} is not known`);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw new NotText(`it is not text in the encoding ${label}`);
  }
}

const oneByteEach = /^(?:us-ascii|ascii|latin-?1|iso[-_]8859[-_]\d+|iso8859[-_]?\d+|windows-125\d|cp125\d)$/;

/** Text that is put in is ASCII, which these encodings write alike; UTF-16 is read and not edited. */
function byteAtOf(label: string, skip: number, text: string): XmlSource['byteAt'] {
  if (label === 'utf-8' || label === 'utf8')
    return (offset) => skip + Buffer.byteLength(text.slice(0, offset), 'utf8');
  return oneByteEach.test(label) ? (offset) => skip + offset : null;
}
