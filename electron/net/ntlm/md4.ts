const rounds = [
  {
    mix: (x: number, y: number, z: number) => (x & y) | (~x & z),
    add: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    turns: [3, 7, 11, 19],
  },
  {
    mix: (x: number, y: number, z: number) => (x & y) | (x & z) | (y & z),
    add: 0x5a827999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    turns: [3, 5, 9, 13],
  },
  {
    mix: (x: number, y: number, z: number) => x ^ y ^ z,
    add: 0x6ed9eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    turns: [3, 9, 11, 15],
  },
];

/** MD4 (RFC 1320): only because NTLM is made of it. Neither OpenSSL 3 nor BoringSSL has it. Leaves no copy behind. */
export function md4(message: Uint8Array): Buffer {
  const padded = Buffer.alloc((Math.floor((message.length + 8) / 64) + 1) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeUInt32LE((message.length << 3) >>> 0, padded.length - 8);
  padded.writeUInt32LE(Math.floor(message.length / 2 ** 29), padded.length - 4);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) state = block(state, padded, at);
  padded.fill(0);
  const digest = Buffer.alloc(16);
  state.forEach((word, index) => {
    digest.writeInt32LE(word | 0, index * 4);
  });
  return digest;
}

type State = [number, number, number, number];

function block(state: State, bytes: Buffer, at: number): State {
  let [a, b, c, d] = state;
  for (const { mix, add, order, turns } of rounds)
    order.forEach((word, step) => {
      const sum = (a + mix(b, c, d) + bytes.readUInt32LE(at + word * 4) + add) | 0;
      const turn = turns[step % 4] ?? 0;
      [a, b, c, d] = [d, (sum << turn) | (sum >>> (32 - turn)), b, c];
    });
  return [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0];
}
