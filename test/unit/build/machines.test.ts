import { expect, test } from 'vitest';
import { machineOf } from '../../../build/machines.ts';

function elf(machine: number): Buffer {
  const file = Buffer.alloc(64);
  file.write('\x7fELF', 'latin1');
  file.writeUInt16LE(machine, 18);
  return file;
}

function pe(machine: number): Buffer {
  const file = Buffer.alloc(256);
  file.write('MZ', 'latin1');
  file.writeUInt32LE(128, 60);
  file.writeUInt16LE(machine, 132);
  return file;
}

function machO(machine: number): Buffer {
  const file = Buffer.alloc(32);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(machine, 4);
  return file;
}

const files = {
  'linux 1': elf(62),
  'linux 3': elf(183),
  'win32 1': pe(0x8664),
  'win32 3': pe(0xaa64),
  'darwin 1': machO(0x01000007),
  'darwin 3': machO(0x0100000c),
};

test.each(Object.keys(files))('a program for %s is told from those for all others', (name) => {
  const [platform = '', arch] = name.split(' ');
  const machine = machineOf(platform, Number(arch));
  const taken = Object.entries(files).filter(([, file]) => machine?.is(file));
  expect(taken.map(([whose]) => whose)).toEqual([name]);
});

test('what no package is made for is known as such', () => {
  expect(machineOf('linux', 2)).toBeUndefined();
});
