import type { NtlmAcceptor } from './wsman-ntlm.ts';

/** How a strict service reads and writes sealed messages (MS-WSMV 2.2.9.1), apart from the product's own code. */

const protocol = 'application/HTTP-SPNEGO-session-encrypted';
export const sealedType = `multipart/encrypted;protocol="${protocol}";boundary="Encrypted Boundary"`;
export const soapType = 'application/soap+xml;charset=UTF-8';
const before = `--Encrypted Boundary\r\n\tContent-Type: ${protocol}\r\n\tOriginalContent: type=${soapType};Length=`;
const between = '\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n';
const after = '--Encrypted Boundary--\r\n';

/** The plain message, or what is wrong with it. */
export function unseal(body: Buffer, acceptor: NtlmAcceptor | null): Buffer | string {
  const text = body.toString('latin1', 0, 1024);
  const [, length = ''] = /^(\d+)\r\n/.exec(text.slice(before.length)) ?? [];
  const at = before.length + length.length + between.length;
  const end = at + 20 + Number(length);
  const framed =
    text.startsWith(before) &&
    text.slice(before.length, at) === `${length}${between}` &&
    body.readUInt32LE(at) === 16 &&
    body.toString('latin1', end) === after;
  if (!framed) return 'a message that is framed wrongly';
  const opened = acceptor?.incoming?.unwrap(body.subarray(at + 4, at + 20), body.subarray(at + 20, end));
  return opened ?? 'a signature or its number is wrong';
}

export function seal(xml: string, wrap: (plain: Buffer) => Buffer, damaged: boolean): Buffer {
  const plain = Buffer.from(xml);
  const wrapped = wrap(plain);
  if (damaged) wrapped[20] = (wrapped[20] ?? 0) ^ 1;
  const head = Buffer.from(`${before}${plain.length}${between}`);
  return Buffer.concat([head, Buffer.from([16, 0, 0, 0]), wrapped, Buffer.from(after)]);
}
