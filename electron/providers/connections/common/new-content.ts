import { createHash } from 'node:crypto';
import { Secret } from '../../../secrets/secret.ts';
import type { NewContent } from '../connection.ts';

/** What is written, in the clear. */
export const bytesOf = (content: Uint8Array | Secret): Uint8Array =>
  content instanceof Secret ? content.bytes() : content;

/** SHA-256, lower-case hex. */
export const sumOfBytes = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** For the script of `posix.ts` that writes: what goes through standard input, and how the content is put together of it. */
export function sent(content: NewContent) {
  if ('onHost' in content) {
    const before = bytesOf(content.before);
    const stdin = Buffer.concat([before, bytesOf(content.after)]);
    return { stdin, length: '', sha256: content.sha256, around: content.onHost, at: String(before.length) };
  }
  const stdin = bytesOf(content);
  return { stdin, length: String(stdin.length), sha256: sumOfBytes(stdin), around: '', at: '0' };
}
