import { Failure } from '#shared/failure.ts';
import { readFirst } from './der.ts';

export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, … */
  label: string;
  /** The block alone, with LF line ends, ending in one. */
  pem: string;
  der: Buffer;
}

const certificateLabels = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];

/**
 * Every block of a text, in its order. Tolerates text between blocks, CR LF, indentation and a missing line end
 * between two blocks. Throws Failure `pem.unreadable` for a block that is cut off or is not base64.
 */
export function splitPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  const begin = /-----BEGIN ([A-Z0-9 #]+)-----/g;
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    const label = found[1] ?? '';
    const end = `-----END ${label}-----`;
    const until = text.indexOf(end, begin.lastIndex);
    if (until < 0) throw unreadable(blocks.length + 1, label, 'its end line is missing');
    blocks.push(readBlock(blocks.length + 1, label, text.slice(begin.lastIndex, until)));
    begin.lastIndex = until + end.length;
  }
  return blocks;
}

function readBlock(number: number, label: string, body: string): PemBlock {
  const lines = body
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const headers = lines.filter((line) => line.includes(':'));
  const base64 = lines.filter((line) => !line.includes(':')).join('');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) {
    throw unreadable(number, label, 'it is not base64');
  }
  const der = Buffer.from(base64, 'base64');
  // most who read blocks need their bytes alone
  if (headers.length === 0)
    return {
      label,
      der,
      get pem() {
        return toPem(label, der);
      },
    };
  // headers of old encrypted keys (RFC 1421) say how to read the body: they stay
  const [first = '', ...rest] = toPem(label, der).split('\n');
  return { label, pem: [first, ...headers, '', ...rest].join('\n'), der };
}

function unreadable(number: number, label: string, reason: string): Failure {
  return new Failure('pem.unreadable', `PEM block ${number} (${label}) cannot be read: ${reason}.`, {
    hint: 'Check that the file is complete and was not changed by an editor or mail program.',
  });
}

/** The certificates of a text, each as one PEM block, in their order. Other blocks are passed over. */
export function certificatesOf(text: string): string[] {
  return splitPem(text)
    .filter((block) => certificateLabels.includes(block.label))
    .map((block) => toPem('CERTIFICATE', withoutTrustSettings(block)));
}

/** OpenSSL's `TRUSTED CERTIFICATE` has settings of its own after the certificate. */
function withoutTrustSettings(block: PemBlock): Buffer {
  return block.label === 'TRUSTED CERTIFICATE' ? readFirst(block.der).whole : block.der;
}

/** 64 characters a line, LF, ending in one (RFC 7468). */
export function toPem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `${[`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join('\n')}\n`;
}

/** DER of the first certificate in a PEM text (as text or bytes), or the bytes themselves when they are DER. */
export function certificateDer(pemOrDer: string | Uint8Array): Buffer {
  if (typeof pemOrDer !== 'string') {
    const bytes = Buffer.from(pemOrDer.buffer, pemOrDer.byteOffset, pemOrDer.byteLength);
    return bytes[0] === 0x30 ? bytes : certificateDer(bytes.toString('latin1'));
  }
  const block = splitPem(pemOrDer).find(({ label }) => certificateLabels.includes(label));
  if (block === undefined) {
    throw new Failure('certificate.unreadable', 'The text contains no certificate.', {
      hint: 'A PEM certificate starts with the line -----BEGIN CERTIFICATE-----.',
    });
  }
  return withoutTrustSettings(block);
}
