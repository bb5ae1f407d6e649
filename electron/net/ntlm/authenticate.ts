import { answerPairs, av, encodeAvPairs } from './av-pairs.ts';
import { pair, parseChallenge } from './challenge.ts';
import { flag, has } from './flags.ts';
import { fileTime, hmacMd5, respond, responseKey, wrapSessionKey } from './keys.ts';
import { signature } from './negotiate.ts';
import { NtlmRefused } from './refused.ts';
import { utf16 } from './utf16.ts';

interface AuthenticateInput {
  /** The first two messages, byte for byte: the MIC is over all three. */
  negotiate: Buffer;
  challenge: Buffer;
  user: string;
  /** Empty for `user@domain` and for accounts of one machine. */
  domain: string;
  /** UTF-8. */
  password: Uint8Array;
  /** This machine's name. */
  workstation: string;
  /** Epoch milliseconds, for a server that does not say what time it is. */
  now: number;
  random(bytes: number): Buffer;
  /** See `channelBinding`. */
  binding?: Buffer | undefined;
  /** `HTTP/name`. */
  targetName?: string | undefined;
}

interface Authenticated {
  message: Buffer;
  /** For signing and sealing; the caller wipes. */
  sessionKey: Buffer;
  /** What was agreed on. */
  flags: number;
}

/** The third message (AUTHENTICATE), NTLMv2 only. Throws `NtlmRefused` when the challenge is none to answer. */
export function authenticate(input: AuthenticateInput): Authenticated {
  const challenge = parseChallenge(input.challenge);
  const flags = (input.negotiate.readUInt32LE(12) & challenge.flags & ~flag.version) >>> 0;
  const timestamp = pair(challenge, av.timestamp);
  const mic = timestamp !== null;
  const targetInfo = answerPairs(challenge.pairs ?? [], {
    mic,
    binding: input.binding,
    targetName: input.targetName === undefined ? undefined : utf16(input.targetName),
  });
  const key = responseKey(input.password, input.user, input.domain);
  const response = respond({
    responseKey: key,
    serverNonce: challenge.nonce,
    clientNonce: input.random(8),
    time: timestamp ?? fileTime(input.now),
    targetInfo: encodeAvPairs(targetInfo),
  });
  key.fill(0);
  const { sessionKey, wrapped } = exchangeKey(response.sessionBaseKey, flags, input.random);
  const message = encodeAuthenticate({
    flags,
    domain: input.domain,
    user: input.user,
    workstation: input.workstation,
    lm: mic ? Buffer.alloc(24) : response.lm,
    nt: response.nt,
    sessionKey: wrapped,
    room: mic ? 'mic' : 'none',
  });
  if (mic) hmacMd5(sessionKey, input.negotiate, input.challenge, message).copy(message, micAt);
  return { message, sessionKey, flags };
}

/** With key exchange the client makes up the key; without, it follows from the password. Takes over `base`. */
function exchangeKey(base: Buffer, flags: number, random: (bytes: number) => Buffer) {
  const asked = has(flags, flag.keyExchange) && has(flags, flag.sign | flag.seal);
  if (!asked) return { sessionKey: base, wrapped: Buffer.alloc(0) };
  const sessionKey = random(16);
  const wrapped = wrapSessionKey(base, sessionKey);
  base.fill(0);
  return { sessionKey, wrapped };
}

interface AuthenticateFields {
  flags: number;
  domain: string;
  user: string;
  workstation: string;
  lm: Buffer;
  nt: Buffer;
  sessionKey: Buffer;
  /** What follows the fixed fields: nothing, these 8 bytes of a version, or room for version and MIC. */
  room: 'none' | 'mic' | Buffer;
}

const micAt = 72;

/** @internal */
export function encodeAuthenticate(fields: AuthenticateFields): Buffer {
  const { room } = fields;
  const headLength = room === 'none' ? 64 : room === 'mic' ? micAt + 16 : 72;
  const head = Buffer.alloc(headLength);
  signature.copy(head);
  head.writeUInt32LE(3, 8);
  head.writeUInt32LE(fields.flags >>> 0, 60);
  if (room instanceof Buffer) room.copy(head, 64, 0, 8);
  const names = [fields.domain, fields.user, fields.workstation].map(utf16);
  const [domain = Buffer.alloc(0), user = Buffer.alloc(0), workstation = Buffer.alloc(0)] = names;
  let offset = headLength;
  const place: [Buffer, number][] = [
    [domain, 28],
    [user, 36],
    [workstation, 44],
    [fields.lm, 12],
    [fields.nt, 20],
    [fields.sessionKey, 52],
  ];
  for (const [data, at] of place) {
    if (data.length > 0xffff) throw new NtlmRefused('more information than NTLM can carry');
    head.writeUInt16LE(data.length, at);
    head.writeUInt16LE(data.length, at + 2);
    head.writeUInt32LE(offset, at + 4);
    offset += data.length;
  }
  return Buffer.concat([head, ...place.map(([data]) => data)]);
}
