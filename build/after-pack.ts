import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Packed {
  appOutDir: string;
  electronPlatformName: string;
  /** electron-builder's numbers: 1 is x64, 3 is arm64. */
  arch: number;
}

/** First bytes and machine number of what each system loads. */
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

/** Stops the packing when a native module of another machine got in, or one is missing: easily done from another system. */
export async function afterPack(packed: Packed): Promise<void> {
  const machine = machines[`${packed.electronPlatformName} ${packed.arch}`];
  if (machine === undefined) return;
  const entries = await readdir(packed.appOutDir, { recursive: true, withFileTypes: true });
  const modules = entries
    .filter((entry) => entry.name.endsWith('.node'))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const wanted of ['better-sqlite3', 'keyring']) {
    if (!modules.some((file) => file.includes(wanted)))
      throw new Error(`no native module of ${wanted} was packed`);
  }
  for (const file of modules) {
    if (!machine.is(await readFile(file))) throw new Error(`${file} is not for ${machine.name}`);
  }
}
