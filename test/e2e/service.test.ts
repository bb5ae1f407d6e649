import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { root } from '../../scripts/electron/paths.ts';
import { run } from '../../scripts/electron/run.ts';
import { normalAccount } from '../servers/account.ts';
import { end, endWithUs } from '../servers/display.ts';
import { electronForTests, type Launched, launchApp } from './electron.ts';

// The desktop of a person in the group that a service of this machine may be called by.
const electron = process.getuid?.() === 0 ? await electronForTests() : null;
const shared = '/run/trustkeep';
const soon = { timeout: 60_000, interval: 50 };

describe.skipIf(electron === null || existsSync(shared))('the desktop beside a service', () => {
  let data: string;
  let service: ChildProcess;
  let desktop: Launched;

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'trustkeep-service-'));
    mkdirSync(shared);
    chownSync(shared, 0, normalAccount()?.gid ?? 0);
    chmodSync(shared, 0o2750); // what is made in it is its group's, as systemd has it by Group=
    for (const words of [['choose', 'key-file'], ['recovery-key']]) await run(cli('secrets', ...words));
    service = await startService();
    desktop = await launchApp({ atUsualPlace: true });
  });
  afterAll(async () => {
    await desktop?.stop();
    if (service !== undefined) await end(service);
    rmSync(shared, { recursive: true, force: true });
    rmSync(data, { recursive: true, force: true });
  });

  function cli(...words: string[]): [string, ...string[]] {
    return [process.execPath, join(root, 'electron/cli.ts'), ...words, `--data-directory=${data}`];
  }

  async function startService(): Promise<ChildProcess> {
    const [program, ...words] = cli('run', `--socket-directory=${shared}`);
    const child = spawn(program, words, {
      env: { PATH: process.env.PATH, HOME: data },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithUs(child);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part));
    await vi.waitFor(() => expect(said).toContain('is ready'), soon);
    return child;
  }

  test('shows that agent, says so, and starts none of its own', async () => {
    const page = await desktop.page();
    await page.getByText('Service of this machine').waitFor({ timeout: 60_000 });
    await desktop.screenshot('service-01-shown');
    expect(existsSync(join(desktop.desktop.home, 'data', 'trustkeep'))).toBe(false);
    await expect.poll(async () => (await desktop.desktop.tray())?.tooltip, soon).toBeTruthy();
  });

  test('says that the service is gone, and goes on with it when it is back', async () => {
    const page = await desktop.page();
    await end(service);
    await expect
      .poll(async () => JSON.stringify(await desktop.desktop.tray()), soon)
      .toContain('does not answer');
    await desktop.screenshot('service-02-gone');
    service = await startService();
    await expect
      .poll(async () => JSON.stringify(await desktop.desktop.tray()), soon)
      .not.toContain('does not answer');
    await page.getByRole('navigation').getByText('Endpoints', { exact: true }).click();
    await page.getByText('Service of this machine').waitFor({ timeout: 60_000 });
  });
});
