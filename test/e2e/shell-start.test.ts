import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { electronForTests, launchApp, startDesktop } from './electron.ts';
import { agentIsThere, soon, trayIsThere, windows } from './shell-harness.ts';

const electron = await electronForTests();

describe.skipIf(electron === null)('a start', () => {
  test('with --hidden stays in the tray, and its agent works', async () => {
    const launched = await launchApp({ flavour: 'e2e-shell', args: ['--hidden'] });
    try {
      await agentIsThere(launched);
      await trayIsThere(launched);
      expect(await windows(launched)).toBe(0);
    } finally {
      await launched.stop();
    }
  });

  test('on a database that cannot be used says why in one sentence, and what to do', async () => {
    const desktop = await startDesktop();
    const dataDirectory = join(desktop.home, 'data-broken');
    const launched = await launchApp({ flavour: 'e2e-shell', desktop, dataDirectory });
    try {
      const log = join(dataDirectory, 'desktop', 'logs', 'trustkeep.log');
      await expect
        .poll(() => existsSync(log) && readFileSync(log, 'utf8'), soon)
        .toContain('written by a newer version of Trustkeep');
      await expect
        .poll(() => launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length), soon)
        .toBe(1);
    } finally {
      const child = launched.app.process();
      const gone = once(child, 'exit');
      child.kill('SIGKILL'); // it waits for an answer to its box
      await gone;
      await desktop.stop();
    }
  });

  test('remembers where the window was', async () => {
    const desktop = await startDesktop();
    const dataDirectory = join(desktop.home, 'kept');
    const first = await launchApp({ flavour: 'e2e-shell', desktop, dataDirectory });
    await first.page();
    await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1000, 650));
    await expect
      .poll(
        () => first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getSize()),
        soon,
      )
      .toEqual([1000, 650]);
    await first.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await expect.poll(() => windows(first), soon).toBe(0);
    await first.stop();
    const second = await launchApp({ flavour: 'e2e-shell', desktop, dataDirectory });
    try {
      await second.page();
      const size = await second.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.getSize(),
      );
      expect(size).toEqual([1000, 650]);
    } finally {
      await second.stop();
      await desktop.stop();
    }
  });
});
