import { type AvPair, av, parseAvPairs } from './av-pairs.ts';
import { flag, has } from './flags.ts';
import { signature } from './negotiate.ts';
import { NtlmRefused } from './refused.ts';

interface Challenge {
  flags: number;
  /** 8 random bytes of the server. */
  nonce: Buffer;
  /** Domain or computer; empty when the server does not say. */
  targetName: string;
  /** Null: the server sent none. */
  pairs: AvPair[] | null;
}

const shortest = 32;

/** Reads the second message (CHALLENGE) of a peer that may be hostile. Throws `NtlmRefused`. */
export function parseChallenge(message: Buffer): Challenge {
  if (message.length < shortest || !message.subarray(0, 8).equals(signature))
    throw new NtlmRefused('something that is no NTLM message');
  if (message.readUInt32LE(8) !== 2) throw new NtlmRefused('an NTLM message that is no challenge');
  const flags = message.readUInt32LE(20);
  if (!has(flags, flag.unicode)) throw new NtlmRefused('an NTLM challenge without Unicode');
  if (!has(flags, flag.ntlm)) throw new NtlmRefused('an NTLM challenge that does not offer NTLM');
  return {
    flags,
    nonce: message.subarray(24, 32),
    targetName: nameIn(message),
    pairs: has(flags, flag.targetInfo) ? parseAvPairs(field(message, 40, 48)) : null,
  };
}

/** Nothing is computed with it, and well-known servers point it anywhere (Squid's own helper): then there is none. */
function nameIn(message: Buffer): string {
  try {
    return field(message, 12, shortest).toString('utf16le');
  } catch {
    return '';
  }
}

/** What the length and offset at `at` point to; nothing before `earliest` is data. */
function field(message: Buffer, at: number, earliest: number): Buffer {
  if (message.length < earliest) throw new NtlmRefused('an NTLM challenge that is cut short');
  const length = message.readUInt16LE(at);
  const offset = message.readUInt32LE(at + 4);
  if (length === 0) return Buffer.alloc(0);
  if (offset < earliest || offset + length > message.length)
    throw new NtlmRefused('an NTLM challenge that points outside of itself');
  return message.subarray(offset, offset + length);
}

export function pair(challenge: Challenge, id: number): Buffer | null {
  return challenge.pairs?.find((one) => one.id === id)?.value ?? null;
}

/** How the server calls its domain, for people. */
export function domainOf(challenge: Challenge): string {
  return pair(challenge, av.domainName)?.toString('utf16le') ?? challenge.targetName;
}
