import { describe, expect, test } from 'vitest';
import { imports as all, filesLike, inside, ours, read, sources, withoutComments } from './sources.ts';

/** Room → rooms of ours it may import, besides itself; everybody may import `shared`, and inside `electron` also `kit`. */
const allowed: Record<string, string[]> = {
  shared: [],
  renderer: [],
  'renderer/bridge': ['renderer/text'],
  'renderer/parts': ['renderer/bridge', 'renderer/text', 'renderer/theme'],
  'renderer/text': [],
  'renderer/theme': [],
  'electron/kit': [],
  'electron/preload': [],
  'electron/pki': ['electron/secrets/secret.ts'],
  'electron/secrets': [],
  'electron/net': ['electron/secrets/secret.ts'],
  'electron/database': ['electron/secrets'],
  'electron/discovery': ['electron/pki'],
  'electron/providers': ['electron/pki', 'electron/net', 'electron/secrets'],
  'electron/agent/plans': ['electron/agent/policies'],
  'electron/agent/policies': [],
  'electron/agent/steps': [
    'electron/agent/plans',
    'electron/agent/policies',
    'electron/agent/tasks/retry.ts',
    ...whatTheAgentMeets(),
  ],
  'electron/agent': whatTheAgentMeets(),
  'electron/commands': [
    'electron/agent',
    'electron/database',
    'electron/secrets',
    'electron/pki',
    'electron/providers/connections/registry.ts',
    'electron/providers/connections/connection.ts',
    'electron/providers/credential-stores/credential-store.ts',
    'electron/transport',
  ],
  'electron/transport': ['electron/agent', 'electron/database/database.ts'],
  'electron/cli': ['electron/transport', 'electron/compose.ts'],
  'electron/shell': ['electron/agent'],
};

/** Faces and values; no registry, no named provider, no network. */
function whatTheAgentMeets(): string[] {
  return [
    'electron/database/database.ts',
    'electron/secrets/secret.ts',
    'electron/providers/endpoints/endpoint.ts',
    'electron/providers/connections/connection.ts',
    'electron/providers/authorities/authority.ts',
    'electron/providers/credential-stores/credential-store.ts',
    'electron/pki',
  ];
}

/** They build, start and join: everything is open to them. */
const entries = ['compose', 'main', 'headless', 'cli'].map((name) => `electron/${name}.ts`);

function roomOf(file: string): string | undefined {
  return Object.keys(allowed)
    .filter((room) => inside(file, room))
    .sort((a, b) => b.length - a.length)[0];
}

describe('who may import whom', () => {
  test('every file but the entries is in a room', () => {
    expect(sources.filter((file) => roomOf(file) === undefined)).toEqual(entries.toSorted());
  });

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
    const wrong = sources
      .filter(
        (file) =>
          file.startsWith('electron/') && file !== 'electron/kit/clock.ts' && file !== 'electron/kit/exec.ts',
      )
      .filter((file) =>
        /\bDate\.now\(|\bsetTimeout\(|\bsetInterval\(|new Date\(\)/.test(withoutComments(read(file))),
      );
    expect(wrong).toEqual([]);
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
    const found = sources.filter((file) => begins.test(withoutComments(read(file))));
    expect(found).toEqual(readsCodesOfSqlite);
  });

  test('product code has no TODO without an issue number and no disabled types', () => {
    const wrong = sources.filter((file) => /\b(TODO|FIXME)\b(?!.*#\d)|@ts-(ignore|nocheck)/.test(read(file)));
    expect(wrong).toEqual([]);
  });
});
