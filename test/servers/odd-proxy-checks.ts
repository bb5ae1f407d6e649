import { createHash, createHmac, randomBytes } from 'node:crypto';
import { md4 } from '../../electron/net/ntlm/md4.ts';

/** What a strict proxy checks of a log-in, written from RFC 7616 and MS-NLMP, apart from the product's own code. */

const wide = (text: string) => Buffer.from(text, 'utf16le');
const hmac = (key: Buffer, ...parts: Buffer[]) =>
  createHmac('md5', key).update(Buffer.concat(parts)).digest();

interface NtlmAsked {
  domain: string;
  /** Tells the time, and so wants a MIC. */
  timestamp: boolean;
}

/** The second message for one connection. */
export function ntlmChallenge(asked: NtlmAsked): { message: Buffer; nonce: Buffer; time: Buffer } {
  const nonce = randomBytes(8);
  const time = randomBytes(8);
  const pair = (id: number, value: Buffer) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  };
  const info = Buffer.concat([
    pair(2, wide(asked.domain)),
    pair(1, wide('PROXY')),
    ...(asked.timestamp ? [pair(7, time)] : []),
    pair(0, Buffer.alloc(0)),
  ]);
  const name = wide(asked.domain);
  const head = Buffer.alloc(56);
  head.write('NTLMSSP\0', 'latin1');
  head.writeUInt32LE(2, 8);
  head.writeUInt16LE(name.length, 12);
  head.writeUInt16LE(name.length, 14);
  head.writeUInt32LE(56, 16);
  head.writeUInt32LE(0xa2898205, 20);
  nonce.copy(head, 24);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt16LE(info.length, 42);
  head.writeUInt32LE(56 + name.length, 44);
  return { message: Buffer.concat([head, name, info]), nonce, time };
}

interface NtlmProof {
  hello: Buffer;
  challenge: { message: Buffer; nonce: Buffer; time: Buffer };
  proof: Buffer;
}

/** Null: the proof is right; else what is wrong with it. */
export function checkNtlm(
  { hello, challenge, proof }: NtlmProof,
  asked: NtlmAsked,
  passwordOf: (user: string, domain: string) => string | undefined,
): string | null {
  if (proof.toString('latin1', 0, 8) !== 'NTLMSSP\0' || proof.readUInt32LE(8) !== 3)
    return 'no third message';
  const part = (at: number) => {
    const offset = proof.readUInt32LE(at + 4);
    const length = proof.readUInt16LE(at);
    if (length > 0 && (offset < 64 || offset + length > proof.length)) throw new Error('out of bounds');
    return proof.subarray(offset, offset + length);
  };
  const domain = part(28).toString('utf16le');
  const user = part(36).toString('utf16le');
  const password = passwordOf(user, domain);
  if (password === undefined) return `nobody is called ${domain}\\${user}`;
  const nt = part(20);
  const lm = part(12);
  const temp = nt.subarray(16);
  const key = hmac(md4(wide(password)), wide(user.toUpperCase() + domain));
  if (!hmac(key, challenge.nonce, temp).equals(nt.subarray(0, 16))) return 'the NTLMv2 proof is wrong';
  if (temp.subarray(0, 8).toString('hex') !== '0101000000000000') return 'the response has a wrong head';
  const pairs = readPairs(temp.subarray(28));
  if (pairs.get(2)?.toString('utf16le') !== asked.domain) return 'our own words did not come back';
  if (!asked.timestamp) {
    const own = hmac(key, challenge.nonce, lm.subarray(16));
    return own.equals(lm.subarray(0, 16)) ? null : 'the LMv2 response is wrong';
  }
  if (!temp.subarray(8, 16).equals(challenge.time)) return 'the time is not ours';
  if (!lm.equals(Buffer.alloc(24))) return 'the LM response is not zero';
  if (((pairs.get(6)?.readUInt32LE(0) ?? 0) & 2) === 0) return 'no MIC is announced';
  const without = Buffer.from(proof);
  without.fill(0, 72, 88);
  const session = hmac(key, nt.subarray(0, 16));
  const mic = hmac(session, hello, challenge.message, without);
  return mic.equals(proof.subarray(72, 88)) ? null : 'the MIC is wrong';
}

function readPairs(bytes: Buffer): Map<number, Buffer> {
  const pairs = new Map<number, Buffer>();
  for (let at = 0; bytes.readUInt16LE(at) !== 0; ) {
    const length = bytes.readUInt16LE(at + 2);
    pairs.set(bytes.readUInt16LE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return pairs;
}

export interface DigestAsked {
  /** As announced: `MD5`, `MD5-sess`, `SHA-256`… */
  algorithm: string;
  /** Null: the old form without it. */
  qop: string | null;
}

export interface NonceUse {
  algorithm: string;
  count: number;
  stale: boolean;
}

/** Null: right. `stale`: right but for the nonce. Else what is wrong. */
export function checkDigest(
  value: string,
  request: { method: string; uri: string },
  asked: DigestAsked[],
  nonces: Map<string, NonceUse>,
  place: { realm: string; opaque: string; passwordOf: (user: string) => string | undefined },
): string | null {
  const given = new Map<string, string>();
  for (const [, name = '', raw = ''] of value.matchAll(/([a-z]+)=("(?:[^"\\]|\\.)*"|[^",\s]+)(?:,\s*|$)/gi)) {
    const bare = ['qop', 'nc', 'algorithm'].includes(name);
    if (bare === raw.startsWith('"')) return `${name} is quoted wrongly`;
    given.set(name, bare ? raw : raw.slice(1, -1).replace(/\\(.)/g, '$1'));
  }
  const of = (name: string) => given.get(name) ?? '';
  const use = nonces.get(of('nonce'));
  if (use === undefined) return 'the nonce is not ours';
  const scheme = asked.find(({ algorithm }) => algorithm === use.algorithm);
  if (scheme === undefined || of('algorithm') !== use.algorithm) return 'the algorithm is another';
  if (of('realm') !== place.realm || of('opaque') !== place.opaque) return 'realm or opaque are not ours';
  if (of('uri') !== request.uri) return 'the uri is not that of the request';
  const password = place.passwordOf(Buffer.from(of('username'), 'latin1').toString('utf8'));
  if (password === undefined) return 'nobody is called so';
  const hash = (text: string) =>
    createHash(use.algorithm.startsWith('SHA-256') ? 'sha256' : 'md5')
      .update(text, 'latin1')
      .digest('hex');
  const bytes = Buffer.from(password, 'utf8').toString('latin1');
  let secret = hash(`${of('username')}:${place.realm}:${bytes}`);
  if (use.algorithm.endsWith('-sess')) secret = hash(`${secret}:${of('nonce')}:${of('cnonce')}`);
  if ((scheme.qop === null) !== (of('qop') === '')) return 'qop was not agreed on';
  const middle = scheme.qop === null ? '' : `${of('nc')}:${of('cnonce')}:${of('qop')}:`;
  const right = hash(`${secret}:${of('nonce')}:${middle}${hash(`${request.method}:${request.uri}`)}`);
  if (right !== of('response')) return 'the response is wrong';
  if (scheme.qop !== null) {
    if (!/^[0-9a-f]{8}$/.test(of('nc')) || Number.parseInt(of('nc'), 16) !== use.count + 1) return 'nc jumps';
    use.count++;
  }
  return use.stale ? 'stale' : null;
}
