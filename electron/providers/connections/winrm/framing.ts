import { NtlmRefused } from '../../../net/ntlm/refused.ts';
import type { Sealing } from '../../../net/ntlm/seal.ts';

/** How messages are sealed over HTTP (MS-WSMV 2.2.9.1): two MIME parts, of which the second is signature and ciphertext. */
const protocol = 'application/HTTP-SPNEGO-session-encrypted';
const boundary = 'Encrypted Boundary';
export const soapType = 'application/soap+xml;charset=UTF-8';
export const sealedType = `multipart/encrypted;protocol="${protocol}";boundary="${boundary}"`;

const signatureBytes = 16;

/** Seals a message into the body of a request: of a large one there is no second copy. */
export function writeSealed(message: Buffer, ours: Sealing): Buffer {
  const head = [
    `--${boundary}`,
    `\tContent-Type: ${protocol}`,
    `\tOriginalContent: type=${soapType};Length=${message.length}`,
    `--${boundary}`,
    '\tContent-Type: application/octet-stream',
    '',
  ].join('\r\n');
  const end = `--${boundary}--\r\n`;
  const from = head.length + 4 + signatureBytes;
  const body = Buffer.allocUnsafe(from + message.length + end.length);
  const { signature } = ours.seal(message, body.subarray(from, from + message.length));
  body.write(head, 'latin1');
  body.writeUInt32LE(signatureBytes, head.length);
  signature.copy(body, head.length + 4);
  body.write(end, from + message.length, 'latin1');
  return body;
}

/** Is it one of these, by its type? */
export function isSealed(contentType: string | undefined): boolean {
  return /^multipart\/encrypted\s*;/i.test(contentType ?? '') && contentType?.includes(protocol) === true;
}

const head =
  /^--\s?Encrypted Boundary\r\n\s*Content-Type:\s*application\/HTTP-SPNEGO-session-encrypted\r\n\s*OriginalContent:\s*[^\r\n]*;\s*Length=(\d{1,9})\r\n--\s?Encrypted Boundary\r\n\s*Content-Type:\s*application\/octet-stream\r\n$/i;
/** The longest head there is an honest one of. */
const longestHead = 1024;
const bytesMark = Buffer.from('application/octet-stream\r\n');

/**
 * Opens what the service sealed. The ciphertext may hold anything, line ends and boundary too: it is found by its length.
 * Throws `NtlmRefused` when it is not the next message of the service, or not framed so.
 */
export function readSealed(body: Buffer, theirs: Sealing): Buffer {
  const mark = body.subarray(0, longestHead).indexOf(bytesMark);
  const start = mark + bytesMark.length;
  const [, said] = (mark < 0 ? null : head.exec(body.toString('latin1', 0, start))) ?? [];
  if (said === undefined) throw new NtlmRefused('a sealed message that is framed wrongly');
  const from = start + 4 + signatureBytes;
  const to = from + Number(said);
  if (body.length < from || body.readUInt32LE(start) !== signatureBytes)
    throw new NtlmRefused('a sealed message without a signature');
  if (!/^--\s?Encrypted Boundary--(\r\n)?$/i.test(body.toString('latin1', to, to + 64)))
    throw new NtlmRefused('a sealed message of another length than it says');
  return theirs.open(body.subarray(start + 4, from), body.subarray(from, to));
}
