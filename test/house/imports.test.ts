import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Import {
  file: string;
  /** Path from the root for our own files, the bare specifier for packages. */
  target: string;
}

function sources(): string[] {
  return ['shared', 'electron', 'renderer']
    .flatMap((room) => globSync(`${room}/**/*.{ts,tsx}`, { cwd: root }))
    .map((file) => file.replaceAll('\\', '/'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'|require\(\s*'([^']+)'\s*\)/g,
  );
  return [...found].map((match) => ({
    file,
    target: resolve(file, match[1] ?? match[2] ?? match[3] ?? match[4] ?? ''),
  }));
}

function resolve(file: string, specifier: string): string {
  if (specifier.startsWith('#shared/')) return `shared/${specifier.slice(8)}`;
  if (specifier.startsWith('#kit/')) return `electron/kit/${specifier.slice(5)}`;
  if (!specifier.startsWith('.')) return specifier;
  return relative(root, normalize(join(root, dirname(file), specifier))).replaceAll('\\', '/');
}

const all = sources().flatMap(importsOf);
const inside = (path: string, ...rooms: string[]) =>
  rooms.some((room) => path === room || path.startsWith(`${room}/`));
const ours = (target: string) => target.includes('/') && inside(target, 'shared', 'electron', 'renderer');

/** Room → rooms of ours it may import, besides itself; everybody may import `shared`, and inside `electron` also `kit`. */
const allowed: Record<string, string[]> = {
  shared: [],
  renderer: [],
  'electron/kit': [],
  'electron/preload': [],
  'electron/pki': ['electron/secrets/secret.ts'],
  'electron/secrets': ['electron/database/database.ts'],
  'electron/net': ['electron/secrets'],
  'electron/database': ['electron/secrets', 'electron/pki'],
  'electron/discovery': ['electron/net', 'electron/pki', 'electron/providers/connections/connection.ts'],
  'electron/providers': ['electron/pki', 'electron/net', 'electron/secrets'],
  'electron/agent/plans': ['electron/agent/policies'],
  'electron/agent/policies': [],
  'electron/agent/steps': [
    'electron/agent/plans',
    'electron/agent/policies',
    'electron/agent/tasks/retry.ts',
    'electron/database/database.ts',
    'electron/pki',
    'electron/secrets/secret.ts',
    'electron/providers/endpoints/endpoint.ts',
    'electron/providers/connections/connection.ts',
    'electron/providers/authorities/authority.ts',
  ],
  'electron/agent': [
    'electron/database/database.ts',
    'electron/secrets/secret.ts',
    'electron/providers/endpoints/endpoint.ts',
    'electron/providers/connections/connection.ts',
    'electron/providers/authorities/authority.ts',
    'electron/pki',
  ],
  'electron/commands': [
    'electron/agent',
    'electron/database',
    'electron/discovery',
    'electron/net',
    'electron/secrets',
    'electron/pki',
    'electron/providers/connections/registry.ts',
    'electron/providers/connections/connection.ts',
    'electron/transport',
  ],
  'electron/transport': ['electron/commands', 'electron/agent', 'electron/database/database.ts'],
  'electron/cli': [
    'electron/transport',
    'electron/agent',
    'electron/compose.ts',
    'electron/secrets/secret.ts',
    'electron/headless.ts',
  ],
  'electron/shell': ['electron/transport', 'electron/agent'],
};

function roomOf(file: string): string | undefined {
  return Object.keys(allowed)
    .filter((room) => inside(file, room))
    .sort((a, b) => b.length - a.length)[0];
}

describe('who may import whom', () => {
  test('every import stays within what its room may use', () => {
    const wrong = all.filter(({ file, target }) => {
      const room = roomOf(file);
      if (room === undefined || !ours(target) || inside(target, room)) return false;
      if (inside(target, 'shared') && room !== 'shared') return false;
      if (inside(target, 'electron/kit') && inside(room, 'electron')) return false;
      return !inside(target, ...(allowed[room] ?? []));
    });
    expect(wrong).toEqual([]);
  });

  test('siblings of a provider family never import each other', () => {
    const sibling = (path: string) => /^electron\/providers\/([a-z-]+)\/([a-z0-9-]+)\//.exec(path);
    const wrong = all.filter(({ file, target }) => {
      const from = sibling(file);
      const to = sibling(target);
      return (
        from !== null &&
        to !== null &&
        from[2] !== 'common' &&
        to[2] !== 'common' &&
        (from[1] !== to[1] || from[2] !== to[2])
      );
    });
    expect(wrong).toEqual([]);
  });

  test('agent steps name no provider, and plans and policies have no effects', () => {
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
    'tls and net sockets',
    (t) => ['node:tls', 'node:net', 'node:dgram'].includes(t),
    [
      'electron/net',
      'electron/discovery/tls-probe.ts',
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

  test('time comes only through the clock', () => {
    const wrong = sources()
      .filter(
        (file) =>
          file.startsWith('electron/') && file !== 'electron/kit/clock.ts' && file !== 'electron/kit/exec.ts',
      )
      .filter((file) =>
        /\bDate\.now\(|\bsetTimeout\(|\bsetInterval\(|new Date\(\)/.test(
          withoutComments(readFileSync(join(root, file), 'utf8')),
        ),
      );
    expect(wrong).toEqual([]);
  });
});

describe('habits', () => {
  test('no test mocks a module', () => {
    const files = globSync('test/**/*.{ts,tsx}', { cwd: root }).filter(
      (file) => !file.endsWith('house/imports.test.ts'),
    );
    expect(
      files.filter((file) => /\bvi\.(mock|doMock)\(/.test(readFileSync(join(root, file), 'utf8'))),
    ).toEqual([]);
  });

  test('product code has no TODO without an issue number and no disabled types', () => {
    const wrong = sources().filter((file) =>
      /\b(TODO|FIXME)\b(?!.*#\d)|@ts-(ignore|nocheck)/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(wrong).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}
