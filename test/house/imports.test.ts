import { describe, expect, test } from 'vitest';
import { reachesOut } from './globals.ts';
import { permission, placeOf, rows } from './matrix.ts';
import { filesLike, inside, ours, read, sources } from './sources.ts';
import { callsForModules, codeOf, imports } from './syntax.ts';

/** Of the product; tests and scripts may reach everywhere. */
const all = imports.filter(({ file }) => ours(file));

/** True without the table: what everybody may, and a room within itself. */
function isFree(file: string, folder: string, target: string): boolean {
  if (!ours(target) || inside(target, folder)) return true;
  if (inside(target, 'shared')) return !inside(file, 'shared');
  return inside(target, 'electron/kit') && inside(file, 'electron');
}

describe('who may import whom', () => {
  test('every file has its place in the table of the page', () => {
    expect(sources.filter((file) => placeOf(file) === undefined)).toEqual([]);
  });

  test('every import stays within what the table allows', () => {
    const wrong = all
      .filter(({ file, target }) => {
        const place = placeOf(file);
        if (place === undefined || place.row.open || isFree(file, place.folder, target)) return false;
        return permission(place, target) === undefined;
      })
      .map(({ file, target }) => `${file} → ${target}`);
    expect(wrong).toEqual([]);
  });

  test('an import is seen however it is written', () => {
    const target = (source: string) => callsForModules('electron/kit/a.ts', source).map((one) => one.target);
    expect(target("await import('../net/a.ts')")).toEqual(['electron/net/a.ts']);
    expect(target('await import(`../net/a.ts`)')).toEqual(['electron/net/a.ts']);
    expect(target('await import( /* here */ "../net/a.ts")')).toEqual(['electron/net/a.ts']);
    expect(target('const a = require(`ssh2`)')).toEqual(['ssh2']);
    expect(target("let a: import('../net/a.ts').A")).toEqual(['electron/net/a.ts']);
    expect(target("say('https://a'); await import('../net/a.ts')")).toEqual(['electron/net/a.ts']);
    expect(target("await import('../net/' + name)")).toEqual(['(computed)']);
    expect(target("// import('../net/a.ts')")).toEqual([]);
  });

  test('no import is computed', () => {
    expect(all.filter(({ target }) => target === '(computed)')).toEqual([]);
  });

  test('the table allows nothing that nobody uses', () => {
    const used = new Set(
      all.flatMap(({ file, target }) => {
        const place = placeOf(file);
        return place === undefined ? [] : [`${place.row.room} → ${permission(place, target)}`];
      }),
    );
    const allowed = rows.flatMap(({ room, may }) => may.map((path) => `${room} → ${path}`));
    expect(allowed.filter((arrow) => !used.has(arrow))).toEqual([]);
  });

  test('plans and policies have no effects', () => {
    const wrong = all.filter(
      ({ file, target }) =>
        inside(file, 'electron/agent/plans', 'electron/agent/policies') &&
        target.startsWith('node:') &&
        target !== 'node:crypto',
    );
    expect(wrong).toEqual([]);
  });

  test('shared imports only zod and the contract library', () => {
    const packages = new Set(
      all.filter(({ file, target }) => inside(file, 'shared') && !ours(target)).map(({ target }) => target),
    );
    expect([...packages].filter((name) => !['zod', '@orpc/contract'].includes(name))).toEqual([]);
  });

  test('the renderer imports no Node module', () => {
    expect(all.filter(({ file, target }) => inside(file, 'renderer') && target.startsWith('node:'))).toEqual(
      [],
    );
  });
});

/** Risky packages and the one door of each. */
const doors: [string, (target: string) => boolean, string[]][] = [
  ['the keychain library', (t) => t.startsWith('@napi-rs/keyring'), ['electron/secrets/os-keychain.ts']],
  [
    'better-sqlite3',
    (t) => t === 'better-sqlite3',
    ['electron/database/open.ts', 'electron/database/driver.ts'],
  ],
  ['koffi', (t) => t.startsWith('koffi'), ['electron/service/windows/library.ts']],
  ['ssh2', (t) => t === 'ssh2', ['electron/providers/connections/ssh']],
  ['child_process', (t) => t === 'node:child_process' || t === 'child_process', ['electron/kit/exec.ts']],
  [
    'undici',
    (t) => t === 'undici' || t.startsWith('undici/'),
    ['electron/net', 'electron/transport/client.ts'],
  ],
  [
    'electron',
    (t) => t === 'electron' || t.startsWith('electron/'),
    ['electron/shell', 'electron/preload', 'electron/main.ts'],
  ],
  [
    'electron-updater',
    (t) => t === 'electron-updater' || t.startsWith('electron-updater/'),
    ['electron/shell/updater'],
  ],
  [
    'tls and net sockets',
    (t) => /^(node:)?(tls|net|dgram|https?|http2)$/.test(t),
    [
      'electron/net',
      'electron/discovery/tls-probe.ts',
      'electron/discovery/tcp-probe.ts',
      'electron/providers/connections/ssh',
      'electron/transport',
    ],
  ],
];

describe('each risky package has one door', () => {
  test.each(doors)('%s', (_name, is, door) => {
    const used = all.filter(({ target }) => !ours(target) && is(target));
    expect(used.filter(({ file }) => !inside(file, ...door))).toEqual([]);
  });
});

describe('the network and the modules of Node are reached by imports alone', () => {
  test('in every file', () => {
    expect(sources.filter((file) => reachesOut(file))).toEqual([]);
  });

  test.each([
    "fetch('https://a.example')",
    "globalThis.fetch('https://a.example')",
    'const ask = fetch',
    'const { fetch: ask } = globalThis',
    "new WebSocket('wss://a.example')",
    "process.getBuiltinModule('node:child_process')",
    "process['getBuiltinModule']('node:fs')",
  ])('not by %s', (source) => {
    expect(reachesOut('a.ts', source)).toBe(true);
  });

  test.each([
    'const all = (fetch: () => void) => fetch()',
    'const all = ({ fetch }: { fetch(): void }) => fetch()',
    'this.fetch(url); orders.fetch(url)',
    'const door = { fetch: 1, fetch() {} }',
  ])('but %s is our own', (source) => {
    expect(reachesOut('a.ts', source)).toBe(false);
  });
});

describe('habits', () => {
  test('no test mocks a module', () => {
    const files = filesLike('test/**/*.{ts,tsx}').filter((file) => !inside(file, 'test/house'));
    expect(files.filter((file) => /\bvi\.(mock|doMock)\(/.test(read(file)))).toEqual([]);
  });

  test('nobody decides by how the code of a failure begins: `about` says what it is about', () => {
    const begins = /\.code\??\.(startsWith|slice|split|match|search|substring)\(|\.test\([a-zA-Z.]*\.code\)/;
    const readsCodesOfSqlite = ['electron/database/sqlite-failure.ts'];
    const found = sources.filter((file) => begins.test(codeOf(file)));
    expect(found).toEqual(readsCodesOfSqlite);
  });

  test('product code has no TODO without an issue number and no disabled types', () => {
    const wrong = sources.filter((file) => /\b(TODO|FIXME)\b(?!.*#\d)|@ts-(ignore|nocheck)/.test(read(file)));
    expect(wrong).toEqual([]);
  });
});
