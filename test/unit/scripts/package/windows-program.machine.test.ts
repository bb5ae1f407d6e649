import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { expect, test } from 'vitest';
import { tempDirectory } from '#test/make/agent.ts';
import { writeWindowsProgram } from '../../../../scripts/package/windows-program.ts';

const sentinel = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** As much of a Windows Node as is changed: a program with a version, and the mark that says whether anything is inside. */
function littleNode(mark: string): Buffer {
  const program = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(program);
  const strings = [{ lang: 1033, codepage: 1200, values: { ProductName: 'Node.js' } }];
  Resource.VersionInfo.create(1033, {}, strings).outputToResourceEntries(resources.entries);
  const bin = new Uint8Array(Buffer.from(mark)).buffer;
  resources.entries.push({ type: 10, id: 7, lang: 0, codepage: 0, bin });
  resources.outputResource(program);
  return Buffer.from(program.generate());
}

test('the Windows command line is a Node that begins with the files beside it, under our name', async () => {
  const folder = tempDirectory('windows-program');
  try {
    const [node, made] = [join(folder.path, 'node.exe'), join(folder.path, 'trustkeep.exe')];
    const icon = join(import.meta.dirname, '../../../../build/icon.ico');
    const about = { version: '1.2.3', copyright: 'Trustkeep contributors' };
    writeFileSync(node, littleNode(`${sentinel}:0`));
    await writeWindowsProgram({ node, icon, about }, made);

    const bytes = readFileSync(made);
    expect([bytes.includes(`${sentinel}:1`), bytes.includes(`${sentinel}:0`)]).toEqual([true, false]);
    const { entries } = NtExecutableResource.from(NtExecutable.from(bytes));
    const blob = entries.find(({ id }) => id === 'NODE_SEA_BLOB');
    expect(Buffer.from(blob?.bin ?? new ArrayBuffer(0)).toString('latin1')).toContain('./start.cjs');
    const [info] = Resource.VersionInfo.fromEntries(entries);
    expect(info?.getStringValues({ lang: 1033, codepage: 1200 })).toMatchObject({
      ...{ ProductName: 'Trustkeep', FileVersion: '1.2.3.0', OriginalFilename: 'trustkeep.exe' },
    });
    expect(Resource.IconGroupEntry.fromEntries(entries)[0]?.icons).toHaveLength(7);

    writeFileSync(node, littleNode('nothing'));
    await expect(writeWindowsProgram({ node, icon, about }, made)).rejects.toThrow('no place');
  } finally {
    folder.remove();
  }
});
