import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/electron/paths.ts';
import { writeCommandLine } from '../../scripts/package/command-line.ts';
import { have } from '../servers/available.ts';
import { writeProgramForWine } from '../servers/windows-node.ts';
import { Wine, wineProgram } from '../servers/wine.ts';
import { thisVersion } from './packaged.ts';

// The command line as it is packed for Windows, run by Wine. Wine is not Windows: docs/windows-checklist.md says what a person checks there.
describe.skipIf(process.arch !== 'x64' || !have(wineProgram))('the command line for Windows', () => {
  let wine: Wine;
  let program: string;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trustkeep-windows-'));
    wine = new Wine(folder);
    const cli = join(folder, 'resources', 'cli');
    await writeCommandLine({ system: 'win', arch: 'x64' }, join(root, 'out', 'node'), cli);
    program = join(cli, 'trustkeep.exe');
    await writeProgramForWine(thisVersion, program);
  });
  afterAll(() => wine?.remove());

  const trustkeep = (args: string[]) => wine.run(program, ...args);

  test('is one program, which takes every word for its own', () => {
    expect(trustkeep(['--version'])).toMatchObject({ code: 0, out: `trustkeep ${thisVersion}\n` });
    expect(trustkeep(['help', 'tls']).out).toContain('tls add');
    expect(trustkeep(['-e', '1'])).toMatchObject({ code: 2, out: '' });
  });

  test('looks for the data of its user where Windows has it', () => {
    const { code, said } = trustkeep(['status']);
    expect(code).toBe(5);
    expect(said).toMatch(/C:\\users\\\w+\\AppData\\Local\\Trustkeep\b/);
  });

  test('does the whole job, with its database, its keys, a script and a TLS server', () => {
    const { code, out } = trustkeep(['rehearse']);
    expect(out.match(/ PROVED: /g)).toHaveLength(2);
    expect([code, out.includes('NOT PROVED')]).toEqual([0, false]);
  });
});
