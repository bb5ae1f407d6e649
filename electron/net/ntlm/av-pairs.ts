import { NtlmRefused } from './refused.ts';

export interface AvPair {
  id: number;
  value: Buffer;
}

/** Ids of MS-NLMP 2.2.2.1. */
export const av = {
  end: 0,
  computerName: 1,
  domainName: 2,
  flags: 6,
  timestamp: 7,
  targetName: 9,
  channelBinding: 10,
} as const;

/** In `av.flags`: the message carries a MIC. */
const hasMic = 0x2;
/** There are eleven ids. */
const mostPairs = 64;
const fixedLength: Record<number, number> = { [av.flags]: 4, [av.timestamp]: 8, [av.channelBinding]: 16 };

/** Strict: every pair within bounds and of its right length, no id twice, an end. */
export function parseAvPairs(bytes: Buffer): AvPair[] {
  const pairs: AvPair[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const id = bytes.readUInt16LE(at);
    const length = bytes.readUInt16LE(at + 2);
    at += 4 + length;
    if (id === av.end) {
      if (length !== 0) throw new NtlmRefused('target information whose end has a length');
      return pairs;
    }
    if (pairs.length === mostPairs) throw new NtlmRefused('target information of too many parts');
    if (at > bytes.length) throw new NtlmRefused('target information that is longer than the message');
    if (length !== (fixedLength[id] ?? length)) throw new NtlmRefused('target information of a wrong length');
    if (pairs.some((pair) => pair.id === id))
      throw new NtlmRefused('target information that says a thing twice');
    pairs.push({ id, value: bytes.subarray(at - length, at) });
  }
  throw new NtlmRefused('target information without an end');
}

export function encodeAvPairs(pairs: readonly AvPair[]): Buffer {
  const parts = [...pairs, { id: av.end, value: Buffer.alloc(0) }].flatMap(({ id, value }) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return [head, value];
  });
  return Buffer.concat(parts);
}

interface OwnPairs {
  /** The message will carry a MIC. */
  mic: boolean;
  /** See `channelBinding`. */
  binding?: Buffer | undefined;
  /** The service as the client knows it: `HTTP/name`, UTF-16LE. */
  targetName?: Buffer | undefined;
}

/** What the server said of itself, with our own pairs added. */
export function answerPairs(theirs: readonly AvPair[], own: OwnPairs): AvPair[] {
  const pairs = new Map(theirs.map(({ id, value }) => [id, value]));
  if (own.mic) {
    const flags = Buffer.alloc(4);
    flags.writeUInt32LE(((pairs.get(av.flags)?.readUInt32LE(0) ?? 0) | hasMic) >>> 0, 0);
    pairs.set(av.flags, flags);
  }
  // two pairs that only a client may fill: what a server put there is not passed on
  pairs.delete(av.channelBinding);
  pairs.delete(av.targetName);
  if (own.binding !== undefined) pairs.set(av.channelBinding, own.binding);
  if (own.targetName !== undefined) pairs.set(av.targetName, own.targetName);
  return Array.from(pairs, ([id, value]) => ({ id, value }));
}
