/** What both sides of NTLM agree on (MS-NLMP 2.2.2.5). */
export const flag = {
  unicode: 0x1,
  requestTarget: 0x4,
  sign: 0x10,
  seal: 0x20,
  ntlm: 0x200,
  alwaysSign: 0x8000,
  extendedSecurity: 0x80000,
  targetInfo: 0x800000,
  version: 0x2000000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
} as const;

export function has(flags: number, one: number): boolean {
  return (flags & one) !== 0;
}
