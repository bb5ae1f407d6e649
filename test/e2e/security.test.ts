import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { electronForTests, type Launched, launchApp } from './electron.ts';

// The checklist SEC-01 to SEC-14 in the running application; what is not here is in test/unit/shell and package.test.ts.
const electron = await electronForTests();
const soon = { timeout: 60_000, interval: 50 };

describe.skipIf(electron === null)('the window', () => {
  let launched: Launched;
  let page: Page;
  /** Tried by the page's own script: what a debugger evaluates is not held by the policy. */
  const probe = (name: string) => page.evaluate<string>(`window.probe(${JSON.stringify(name)})`);
  const address = () =>
    launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL());
  beforeAll(async () => {
    launched = await launchApp({ flavour: 'e2e-shell' });
    page = await launched.page();
    await page.getByTestId('answer').getByText('pong').waitFor();
  });
  afterAll(() => launched?.stop());

  test('runs React and Fluent UI with their styles and without one violation of the policy (SEC-04)', async () => {
    const button = page.getByRole('button', { name: 'Save' });
    expect(await button.evaluate('(element) => getComputedStyle(element).backgroundColor')).not.toBe(
      'rgba(0, 0, 0, 0)',
    );
    const style = await button.evaluate('(element) => getComputedStyle(element).borderRadius');
    expect(style).not.toBe('0px');
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe('rgb(1, 2, 3)');
    expect(await page.evaluate('window.violations')).toEqual([]);
  });

  test('has the preferences of the checklist (SEC-02)', async () => {
    const preferences = await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) =>
        (window.webContents as unknown as { getLastWebPreferences(): object }).getLastWebPreferences(),
      ),
    );
    expect(preferences).toHaveLength(1);
    expect(preferences[0]).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
    });
  });

  test('knows nothing of Node or Electron, and the preload exposes nothing (SEC-02, SEC-09)', async () => {
    expect(await probe('node')).toBe('done: ');
    const own = await page.evaluate<string[]>(
      `Object.keys(window).filter((name) => /trustkeep|electron|ipcRenderer|bridge/i.test(name))`,
    );
    expect(own).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')(
    'is held by the sandbox of the operating system (SEC-03)',
    async ({ skip }) => {
      if (launched.account === null && process.getuid?.() === 0)
        skip('there is no normal user to run Electron as');
      const pid = await launched.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId(),
      );
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      expect(status).toMatch(/^Seccomp:\t2$/m);
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    },
  );

  test.each([
    ['eval', 'refused: EvalError'],
    ['innerHtml', 'refused: TypeError'],
    ['policy', 'refused: TypeError'],
    ['inlineScript', 'refused: TypeError'],
    ['inlineStyle', 'done: false'],
    ['worker', 'refused: '],
    ['fetchFar', 'refused: TypeError'],
    ['fetchOwn', 'refused: TypeError'],
    ['image', 'refused: Error'],
    ['socket', 'refused: Error'],
  ])('stops %s (SEC-01, SEC-04)', async (name, outcome) => {
    expect(await probe(name)).toContain(outcome);
  });

  test.each([
    ['notification', 'done: denied'],
    ['clipboardRead', 'refused: NotAllowedError'],
    ['geolocation', 'refused: Error'],
    ['camera', 'refused: '],
    ['screen', 'refused: '],
    ['usb', 'refused: '],
  ])('is refused the permission for %s (SEC-06)', async (name, outcome) => {
    expect(await probe(name)).toContain(outcome);
  });

  test.each(['navigate', 'navigateFile', 'link', 'form', 'open', 'openOwn'])(
    'cannot leave its page by %s (SEC-07)',
    async (name) => {
      await probe(name).catch(() => '');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await address()).toMatch(/^app:\/\/ui\//);
      expect(await page.getByRole('heading', { name: 'Trustkeep' }).count()).toBe(1);
      expect(await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(
        1,
      );
    },
  );

  test('shows nothing foreign in a frame (SEC-07)', async () => {
    await probe('frame');
    expect(
      page
        .frames()
        .map((frame) => frame.url())
        .filter((url) => url.includes('example')),
    ).toEqual([]);
  });

  test('sends no request to a network even where no policy would stop it (SEC-01)', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const loaded = await launched.app.evaluate(async ({ BrowserWindow }, at) => {
      const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true } });
      await window.loadURL(
        `data:text/html,<img src="http://127.0.0.1:${at}/a"><script src="http://127.0.0.1:${at}/b"></script>`,
      );
      const direct = await window.loadURL(`http://127.0.0.1:${at}/c`).then(
        () => 'loaded',
        (error: Error) => error.message,
      );
      window.destroy();
      return direct;
    }, port);
    server.close();
    expect(loaded).toContain('ERR_BLOCKED_BY_CLIENT');
    expect(asked).toEqual([]);
  });

  test('hands no port to another window that shows the same page (SEC-08)', async () => {
    const preload = await launched.app.evaluate(({ app }) => `${app.getAppPath()}/out/preload/preload.cjs`);
    const id = await launched.app.evaluate(async ({ BrowserWindow }, file) => {
      const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true, preload: file } });
      await window.loadURL('app://ui/');
      return window.id;
    }, preload);
    const log = join(launched.dataDirectory, 'desktop', 'logs', 'trustkeep.log');
    await expect.poll(() => readFileSync(log, 'utf8'), soon).toContain('a stranger asked for the port');
    const words = await launched.app.evaluate(async ({ BrowserWindow }, stranger) => {
      const window = BrowserWindow.fromId(stranger);
      const text = await window?.webContents.executeJavaScript(
        'new Promise((resolve) => setTimeout(resolve, 100)).then(() => document.querySelector("[data-testid=port]").textContent)',
      );
      window?.destroy();
      return text;
    }, id);
    expect(words).toBe('no port');
  });

  test('answers no channel but the one for the port (SEC-08)', async () => {
    const channels = await launched.app.evaluate(({ ipcMain }) => ipcMain.eventNames());
    expect(channels.filter((name) => name !== 'error')).toEqual(['trustkeep:connect']);
  });

  test('opens a picker for the one request there is, and gives the path alone; nothing else gets an answer (SEC-08)', async () => {
    await launched.app.evaluate(({ dialog }) => {
      const asked: unknown[] = [];
      dialog.showOpenDialog = async (...given: unknown[]) => {
        asked.push(given[1]);
        return { canceled: false, filePaths: ['/srv/keys/id_picked', '/srv/keys/other'] };
      };
      Object.assign(globalThis, { asked });
    });
    const requests = [
      { want: 'trustkeep:want-file' },
      ['trustkeep:want-file'],
      '/etc/shadow',
      { path: '/etc/shadow' },
      'trustkeep:want-port',
      null,
      7,
    ];
    // in this order: the answer to a wrong one would come before the path
    const heard = await page.evaluate<unknown[]>(`(async () => {
      const got = new Promise((resolve) => window.addEventListener('message', function heard(event) {
        if (event.data !== 'trustkeep:port') return;
        window.removeEventListener('message', heard);
        resolve(event.ports);
      }));
      window.postMessage('trustkeep:want-port', '/');
      const ports = await got;
      const answers = [];
      const answered = new Promise((resolve) => {
        ports[1].onmessage = ({ data }) => { answers.push(data); resolve(); };
      });
      for (const request of ${JSON.stringify([...requests, 'trustkeep:want-file'])}) ports[1].postMessage(request);
      await answered;
      return [ports.length, ...answers];
    })()`);
    expect(heard).toEqual([2, '/srv/keys/id_picked']);
    const asked = await launched.app.evaluate(() => (globalThis as unknown as { asked: unknown[] }).asked);
    expect(asked).toEqual([{ properties: ['openFile', 'showHiddenFiles', 'dontAddToRecent'] }]);
  });

  test('may write to the clipboard, for its copy buttons, and not read it (SEC-06)', async () => {
    const state = (name: string) =>
      page.evaluate(`navigator.permissions.query({ name: '${name}' }).then((found) => found.state)`);
    expect(await state('clipboard-write')).toBe('granted');
    expect(await state('clipboard-read')).toBe('denied');
  });

  test('gets a port again after it was loaded again', async () => {
    await page.evaluate('window.old = true');
    await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.webContents.reload(),
    );
    const answer = `window.old ? 'the old page' : document.querySelector('[data-testid=answer]')?.textContent`;
    await expect.poll(() => page.evaluate(answer).catch(() => ''), soon).toBe('pong to ping');
  });
});
