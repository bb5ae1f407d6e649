import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { mayRequest } from '../../../electron/shell/guards.ts';
import { isOurPage } from '../../../electron/shell/ipc.ts';
import { mayUse, permissions } from '../../../electron/shell/permissions.ts';
import { externalOrigins, mayOpen } from '../../../electron/shell/safe-open.ts';
import { dangerousSwitches, sandboxIsOff, stripDangerousSwitches } from '../../../electron/shell/switches.ts';
import { secureWebPreferences } from '../../../electron/shell/web-preferences.ts';

describe('requests of the page', () => {
  test.each(['app://ui/index.html', 'data:image/png;base64,AA==', 'blob:app://ui/1'])(
    'go to %s',
    (address) => {
      expect(mayRequest(address, false)).toBe(true);
    },
  );

  test.each([
    'https://example.com/',
    'http://127.0.0.1/',
    'ws://127.0.0.1/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'app://other/index.html',
    'devtools://devtools/bundled/inspector.html',
    'chrome://gpu/',
    'javascript:1',
    '',
  ])('do not go to %s', (address) => {
    expect(mayRequest(address, false)).toBe(false);
  });

  test('reach the tools of developers only where those can be opened', () => {
    expect(mayRequest('devtools://devtools/bundled/inspector.html', true)).toBe(true);
  });
});

describe('permissions', () => {
  test('are all refused but writing plain text to the clipboard, each with a reason', () => {
    const allowed = Object.entries(permissions).filter(([, ruling]) => ruling.allow);
    expect(allowed.map(([name]) => name)).toEqual(['clipboard-sanitized-write']);
    for (const { because } of Object.values(permissions)) expect(because.length).toBeGreaterThan(5);
  });

  test('are given to our own page alone', () => {
    expect(mayUse('clipboard-sanitized-write', 'app://ui')).toBe(true);
    expect(mayUse('clipboard-sanitized-write', 'https://example.com')).toBe(false);
    expect(mayUse('clipboard-sanitized-write', '')).toBe(false);
  });

  test('that nobody has heard of are refused, inherited names included', () => {
    for (const name of ['brand-new', 'constructor', '__proto__', 'toString']) {
      expect(mayUse(name, 'app://ui')).toBe(false);
    }
  });
});

describe('the port', () => {
  const frame = { url: 'app://ui/#/tasks' };
  const page = { mainFrame: frame };
  const asked = (event: object, ours: object | null) =>
    isOurPage(event as Parameters<typeof isOurPage>[0], ours as Parameters<typeof isOurPage>[1]);

  test('is handed to the main frame of our window', () => {
    expect(asked({ sender: page, senderFrame: frame }, page)).toBe(true);
  });

  test('is refused to a frame inside it, to another window, to another origin, and when the frame is gone', () => {
    expect(asked({ sender: page, senderFrame: { url: 'app://ui/' } }, page)).toBe(false);
    expect(asked({ sender: { mainFrame: frame }, senderFrame: frame }, page)).toBe(false);
    expect(asked({ sender: page, senderFrame: null }, page)).toBe(false);
    expect(asked({ sender: page, senderFrame: frame }, null)).toBe(false);
    for (const url of ['https://example.com/', 'app://other/', 'app://ui.example/', 'about:blank', '']) {
      const strange = { url };
      const strangePage = { mainFrame: strange };
      expect(asked({ sender: strangePage, senderFrame: strange }, strangePage)).toBe(false);
    }
  });
});

describe('links', () => {
  test('open in the browser when they are https and on the list', () => {
    for (const origin of externalOrigins) expect(mayOpen(`${origin}/some/page?x=1#y`)).toBe(true);
  });

  test.each([
    'http://letsencrypt.org/',
    'https://letsencrypt.org.example.com/',
    'https://letsencrypt.org:8443/',
    'https://user@letsencrypt.org/',
    'https://user:password@letsencrypt.org/',
    'https://example.com/?https://letsencrypt.org',
    'file:///etc/passwd',
    'smb://server/share',
    'javascript:alert(1)',
    'ms-msdt:/id',
    '',
  ])('do not open when they are %s', (address) => {
    expect(mayOpen(address)).toBe(false);
  });
});

describe('switches', () => {
  const line = (...given: string[]) => {
    const switches = new Set(given);
    return {
      switches,
      hasSwitch: (name: string) => switches.has(name),
      removeSwitch: (name: string) => void switches.delete(name),
    };
  };

  test('that open the application up are removed and named', () => {
    const given = line('remote-debugging-port', 'ozone-platform', 'js-flags', 'ignore-certificate-errors');
    expect(stripDangerousSwitches(given).sort()).toEqual([
      'ignore-certificate-errors',
      'js-flags',
      'remote-debugging-port',
    ]);
    expect([...given.switches]).toEqual(['ozone-platform']);
  });

  test('cover every one of the requirement, each with what it would do', () => {
    for (const name of [
      'remote-debugging-pipe',
      'remote-allow-origins',
      'disable-web-security',
      'host-resolver-rules',
      'load-extension',
      'proxy-server',
    ]) {
      expect(dangerousSwitches[name]?.length).toBeGreaterThan(5);
    }
  });

  test('that turn the sandbox off are noticed', () => {
    expect(sandboxIsOff(line('no-sandbox'))).toBe(true);
    expect(sandboxIsOff(line('ozone-platform'))).toBe(false);
  });
});

test('the one set of preferences spells out every protection', () => {
  expect(secureWebPreferences('/preload.cjs', false)).toEqual({
    preload: '/preload.cjs',
    devTools: false,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    spellcheck: false,
  });
});

test('nothing in the shell overrides what TLS certificates are trusted, or exposes an API to the page', () => {
  const room = join(import.meta.dirname, '../../../electron');
  const files = ['shell', 'preload'].flatMap((name) =>
    readdirSync(join(room, name), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(room, name, file)),
  );
  expect(files.length).toBeGreaterThan(15);
  for (const file of files) {
    expect(readFileSync(file, 'utf8'), file).not.toMatch(
      /'certificate-error'|setCertificateVerifyProc|exposeInMainWorld|nodeIntegration: true|webSecurity: false|sandbox: false|contextIsolation: false/,
    );
  }
});
