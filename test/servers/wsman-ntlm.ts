import { createHash, createHmac, randomBytes } from 'node:crypto';
import { md4 } from '../../electron/net/ntlm/md4.ts';

/** The accepting side of NTLM with sealing, written from MS-NLMP apart from the product's own code. */

const wide = (text: string) => Buffer.from(text, 'utf16le');
const md5 = (...parts: Buffer[]) => createHash('md5').update(Buffer.concat(parts)).digest();
const hmac = (key: Buffer, ...parts: Buffer[]) =>
  createHmac('md5', key).update(Buffer.concat(parts)).digest();
const le32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

/** RC4, as it is told in every textbook. */
class Stream {
  readonly #state = Uint8Array.from({ length: 256 }, (_, at) => at);
  #i = 0;
  #j = 0;
  constructor(key: Buffer) {
    const state = this.#state;
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + (state[i] as number) + (key[i % key.length] as number)) % 256;
      [state[i], state[j]] = [state[j] as number, state[i] as number];
    }
  }
  apply(input: Buffer): Buffer {
    const state = this.#state;
    let [i, j] = [this.#i, this.#j];
    const output = Buffer.allocUnsafe(input.length);
    for (let at = 0; at < input.length; at++) {
      i = (i + 1) & 255;
      const kept = state[i] as number;
      j = (j + kept) & 255;
      const other = state[j] as number;
      state[i] = other;
      state[j] = kept;
      output[at] = (input[at] as number) ^ (state[(kept + other) & 255] as number);
    }
    [this.#i, this.#j] = [i, j];
    return output;
  }
}

class Direction {
  readonly #sign: Buffer;
  readonly #stream: Stream;
  #sequence = 0;
  constructor(session: Buffer, way: 'client-to-server' | 'server-to-client') {
    const magic = (what: string) => Buffer.from(`session key to ${way} ${what} key magic constant\0`);
    this.#sign = md5(session, magic('signing'));
    this.#stream = new Stream(md5(session, magic('sealing')));
  }
  #signature(plain: Buffer): Buffer {
    const sequence = le32(this.#sequence++);
    const sum = this.#stream.apply(hmac(this.#sign, sequence, plain).subarray(0, 8));
    return Buffer.concat([le32(1), sum, sequence]);
  }
  wrap(plain: Buffer): Buffer {
    const sealed = this.#stream.apply(plain);
    return Buffer.concat([this.#signature(plain), sealed]);
  }
  /** Null: the signature or its number is wrong. */
  unwrap(signature: Buffer, sealed: Buffer): Buffer | null {
    const plain = this.#stream.apply(sealed);
    return this.#signature(plain).equals(signature) ? plain : null;
  }
}

const flags = {
  wanted: 0x1 | 0x200 | 0x10 | 0x20 | 0x80000 | 0x20000000 | 0x40000000,
  offered: 0xe28a8235,
} as const;

/** Now, in 100 ns since 1601. */
function fileTime(): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Date.now()) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}

interface AcceptorOptions {
  domain: string;
  /** By `DOMAIN\user`, upper case of the user's name as it was given. */
  passwordOf(user: string, domain: string): string | undefined;
  /** Null: without TLS, and so with sealing. */
  binding: Buffer | null;
  /** Flags that are not agreed to. */
  without?: number | undefined;
}

/** One log-in of one connection. */
export class NtlmAcceptor {
  user = '';
  incoming: Direction | null = null;
  outgoing: Direction | null = null;
  readonly #options: AcceptorOptions;
  readonly #nonce = randomBytes(8);
  readonly #time = fileTime();
  #hello: Buffer = Buffer.alloc(0);
  #challenge: Buffer = Buffer.alloc(0);

  constructor(options: AcceptorOptions) {
    this.#options = options;
  }

  challenge(hello: Buffer): Buffer {
    this.#hello = hello;
    const asked = hello.readUInt32LE(12);
    const pair = (id: number, value: Buffer) => {
      const head = Buffer.alloc(4);
      head.writeUInt16LE(id, 0);
      head.writeUInt16LE(value.length, 2);
      return Buffer.concat([head, value]);
    };
    const info = Buffer.concat([
      ...[pair(2, wide(this.#options.domain)), pair(1, wide('WEB1')), pair(4, wide('corp.example.org'))],
      ...[pair(3, wide('web1.corp.example.org')), pair(7, this.#time), pair(0, Buffer.alloc(0))],
    ]);
    const name = wide(this.#options.domain);
    const head = Buffer.alloc(56);
    head.write('NTLMSSP\0', 'latin1');
    head.writeUInt32LE(2, 8);
    head.writeUInt16LE(name.length, 12);
    head.writeUInt16LE(name.length, 14);
    head.writeUInt32LE(56, 16);
    const agreed =
      (((asked & flags.offered) | 0x800000 | 0x10000 | 0x2000000) & ~(this.#options.without ?? 0)) >>> 0;
    head.writeUInt32LE(agreed, 20);
    this.#nonce.copy(head, 24);
    head.writeUInt16LE(info.length, 40);
    head.writeUInt16LE(info.length, 42);
    head.writeUInt32LE(56 + name.length, 44);
    Buffer.from([10, 0, 0x63, 0x45, 0, 0, 0, 15]).copy(head, 48);
    this.#challenge = Buffer.concat([head, name, info]);
    return this.#challenge;
  }

  /** Null: the proof is right, and the connection sealed; else what is wrong. */
  accept(proof: Buffer): string | null {
    if (proof.readUInt32LE(8) !== 3 || this.#challenge.length === 0) return 'no third message';
    const part = (at: number) => {
      const offset = proof.readUInt32LE(at + 4);
      return proof.subarray(offset, offset + proof.readUInt16LE(at));
    };
    const [domain, user] = [part(28).toString('utf16le'), part(36).toString('utf16le')];
    this.user = domain === '' ? user : `${domain}\\${user}`;
    const password = this.#options.passwordOf(user, domain);
    if (password === undefined) return `nobody is called ${this.user}`;
    const key = hmac(md4(wide(password)), wide(user.toUpperCase() + domain));
    const [lm, nt] = [part(12), part(20)];
    const proofed = nt.subarray(0, 16);
    if (!hmac(key, this.#nonce, nt.subarray(16)).equals(proofed)) return 'the password is wrong';
    return this.#checkRest(proof, { lm, nt, base: hmac(key, proofed), wrapped: part(52) });
  }

  #checkRest(proof: Buffer, given: { lm: Buffer; nt: Buffer; base: Buffer; wrapped: Buffer }): string | null {
    const { lm, nt, base, wrapped } = given;
    const pairs = pairsIn(nt.subarray(44));
    const agreed = proof.readUInt32LE(60);
    const exchanged = (agreed & 0x40000000) !== 0 && wrapped.length === 16;
    const session = exchanged ? new Stream(base).apply(wrapped) : base;
    if (!nt.subarray(24, 32).equals(this.#time)) return 'the time is not ours';
    if (!lm.equals(Buffer.alloc(24))) return 'the LM response is not zero';
    if (((pairs.get(6)?.readUInt32LE(0) ?? 0) & 2) === 0) return 'no MIC is announced';
    const without = Buffer.from(proof);
    without.fill(0, 72, 88);
    if (!hmac(session, this.#hello, this.#challenge, without).equals(proof.subarray(72, 88)))
      return 'the MIC is wrong';
    const { binding } = this.#options;
    if (binding !== null)
      return pairs.get(10)?.equals(binding) === true ? null : 'the channel binding is wrong';
    if ((agreed & flags.wanted) !== flags.wanted) return 'sealing was not agreed on';
    this.incoming = new Direction(session, 'client-to-server');
    this.outgoing = new Direction(session, 'server-to-client');
    return null;
  }
}

function pairsIn(bytes: Buffer): Map<number, Buffer> {
  const pairs = new Map<number, Buffer>();
  for (let at = 0; bytes.readUInt16LE(at) !== 0; ) {
    const length = bytes.readUInt16LE(at + 2);
    pairs.set(bytes.readUInt16LE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return pairs;
}

/** What a client over TLS has to say it is bound to: a certificate that is signed with SHA-256. */
export function bindingOf(certificateDer: Buffer): Buffer {
  const data = Buffer.concat([
    Buffer.from('tls-server-end-point:'),
    createHash('sha256').update(certificateDer).digest(),
  ]);
  return md5(Buffer.alloc(16), le32(data.length), data);
}
