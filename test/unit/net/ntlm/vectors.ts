/** The published example of NTLMv2 with session security (MS-NLMP 4.2.4). */

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');

export const flags = 0xe28a8233;
export const authenticateFlags = 0xe2888235;
export const serverNonce = hex('0123456789abcdef');
export const clientNonce = hex('aa'.repeat(8));
export const time = Buffer.alloc(8);
export const randomSessionKey = hex('55'.repeat(16));
export const targetInfo = hex('02000c0044006f006d00610069006e00 01000c005300650072007600650072 00 00000000');
export const version = hex('0501280a0000000f');

export const challengeMessage = Buffer.concat([
  hex('4e544c4d53535000 02000000 0c000c0038000000 33828ae2 0123456789abcdef 0000000000000000'),
  hex('2400240044000000 060070170000000f 530065007200760065007200'),
  targetInfo,
]);

export const authenticateMessage = hex(`
  4e544c4d53535000 03000000 180018006c000000 5400540084000000 0c000c0048000000 0800080054000000
  100010005c000000 10001000d8000000 358288e2 0501280a0000000f
  44006f006d00610069006e00 5500730065007200 43004f004d0050005500540045005200
  86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa
  68cd0ab851e51c96aabc927bebef6a1c 01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000
  02000c0044006f006d00610069006e0001000c0053006500720076006500720000000000 00000000
  c5dad2544fc9799094ce1ce90bc9d03e`);
