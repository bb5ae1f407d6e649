/** First bytes and machine number of what each system loads. By Electron's name of the platform and electron-builder's number of the machine. */
const machines: Record<string, { name: string; is(file: Buffer): boolean }> = {
  'linux 1': { name: 'ELF x64', is: (file) => elf(file) && file.readUInt16LE(18) === 62 },
  'linux 3': { name: 'ELF arm64', is: (file) => elf(file) && file.readUInt16LE(18) === 183 },
  'win32 1': { name: 'PE x64', is: (file) => pe(file) === 0x8664 },
  'win32 3': { name: 'PE arm64', is: (file) => pe(file) === 0xaa64 },
  'darwin 1': { name: 'Mach-O x64', is: (file) => file.readUInt32LE(4) === 0x01000007 },
  'darwin 3': { name: 'Mach-O arm64', is: (file) => file.readUInt32LE(4) === 0x0100000c },
};

const elf = (file: Buffer) => file.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1'));
const pe = (file: Buffer) =>
  file.toString('latin1', 0, 2) === 'MZ' ? file.readUInt16LE(file.readUInt32LE(60) + 4) : 0;

/** What programs and native modules of that machine look like; undefined for one that nothing is packed for. */
export const machineOf = (platform: string, arch: number) => machines[`${platform} ${arch}`];
