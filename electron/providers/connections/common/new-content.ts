import { createHash } from 'node:crypto';
import { Secret } from '../../../secrets/secret.ts';

/** What is written, in the clear. */
export const bytesOf = (content: Uint8Array | Secret): Uint8Array =>
  content instanceof Secret ? content.bytes() : content;

/** SHA-256, lower-case hex. */
export const sumOfBytes = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
