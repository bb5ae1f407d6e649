import { flag } from './flags.ts';

export const signature = Buffer.from('NTLMSSP\0', 'latin1');

/** Enough to log in. */
export const logInFlags =
  (flag.unicode |
    flag.requestTarget |
    flag.ntlm |
    flag.alwaysSign |
    flag.extendedSecurity |
    flag.key128 |
    flag.key56) >>>
  0;

/** A log-in after which every message is signed and sealed. */
export const sealFlags = (logInFlags | flag.sign | flag.seal | flag.keyExchange | flag.targetInfo) >>> 0;

/** The first message (NEGOTIATE): what we can do. Says nothing about the user or this machine. */
export function negotiate(flags: number = logInFlags): Buffer {
  const message = Buffer.alloc(32);
  signature.copy(message);
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(flags >>> 0, 12);
  message.writeUInt32LE(32, 20);
  message.writeUInt32LE(32, 28);
  return message;
}
