import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/electron/paths.ts';
import { normalAccount, runAs } from '../servers/account.ts';
import { type Desktop, electronForTests, type Launched, launchApp, startDesktop } from './electron.ts';

// Two people are logged in to one machine, each with a desktop, a keychain and a Trustkeep of their own.
const electron = process.getuid?.() === 0 ? await electronForTests() : null;
const [first, second] = [normalAccount(), normalAccount('trustkeep-test-2')];
const soon = { timeout: 60_000, interval: 100 };

describe.skipIf(electron === null || second === null)('two users of one machine', () => {
  const desktops: Desktop[] = [];
  const launched: Launched[] = [];

  beforeAll(async () => {
    for (const account of [first, second]) {
      const desktop = await startDesktop(account);
      desktops.push(desktop);
      launched.push(await launchApp({ desktop, atUsualPlace: true }));
    }
  });
  afterAll(async () => {
    for (const one of launched) await one.stop();
    for (const one of desktops) await one.stop();
  });

  const dataOf = (at: number) => join(desktops[at]?.home ?? '', 'data', 'trustkeep');

  /** At the terminal of one of them. */
  function trustkeep(at: number, ...words: string[]): { code: number | null; out: string; said: string } {
    const { account = null, env = {}, home = '' } = desktops[at] ?? {};
    const [program = '', ...rest] = runAs(account, [
      process.execPath,
      join(root, 'electron/cli.ts'),
      ...words,
    ]);
    const { status, stdout, stderr } = spawnSync(program, rest, { env, cwd: home, encoding: 'utf8' });
    return { code: status, out: stdout, said: stderr };
  }
  const status = (at: number) => JSON.parse(trustkeep(at, 'status', '--json').out || '{}');

  test('have a desktop, an agent and data of their own, which the other cannot read', async () => {
    for (const at of [0, 1]) {
      await expect.poll(() => status(at).face, soon).toBe('desktop');
      await expect.poll(async () => (await desktops[at]?.tray())?.tooltip, soon).toBeTruthy();
      expect(statSync(dataOf(at)).mode & 0o077).toBe(0);
      expect(statSync(dataOf(at)).uid).toBe(desktops[at]?.account?.uid);
    }
    expect(status(0).pid).not.toBe(status(1).pid);
  });

  test('do not see what the other has added', () => {
    const pem = join(desktops[0]?.home ?? '', 'shop.pem');
    expect(trustkeep(0, 'tls', 'add', 'pem', '--name', 'shop', '--path', pem).code).toBe(0);
    const names = (at: number) =>
      JSON.parse(trustkeep(at, 'tls', 'list', '--json').out).map(({ name }: { name: string }) => name);
    expect([names(0), names(1)]).toEqual([['shop'], []]);
  });

  test('are told in a sentence that the data directory of the other is not theirs, and change nothing in it', () => {
    const { code, said } = trustkeep(1, 'status', '--data-directory', dataOf(0));
    expect(code).not.toBe(0);
    expect(said).toContain('This account is not allowed to read');
    const before = readdirSync(dataOf(0));
    expect(trustkeep(1, 'run', '--data-directory', dataOf(0)).said).toBe(
      `The account that Trustkeep runs as is not allowed to open or create the directory ${dataOf(0)}.\n` +
        'Choose another data directory with --data-directory, or run Trustkeep as the account that owns it.\n',
    );
    expect(readdirSync(dataOf(0))).toEqual(before);
    expect(status(0).face).toBe('desktop');
  });
});
