import { describe, expect, test } from 'vitest';
import type { Change } from '#shared/model/changes/index.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type { Plan } from '#shared/model/plan.ts';
import { canonicalJson } from '../../../electron/agent/plans/canonical.ts';
import { fillAfterHashes, makePlan, planFingerprint } from '../../../electron/agent/plans/certify.ts';

const ownership = posix('root', 'root', 0o600);
const before = { sha256: 'a'.repeat(64), size: 10, ownership };
const after = { sha256: null, ownership };

/** The same plan with another list of changes. */
const changed = (p: Plan, map: (change: Change) => Change): Plan => ({
  ...p,
  install: { ...p.install, changes: p.install.changes.map(map) },
});
const without = (p: Plan, kind: Change['kind']): Plan => ({
  ...p,
  install: { ...p.install, changes: p.install.changes.filter((change) => change.kind !== kind) },
});

function plan(): Plan {
  return makePlan({
    endpoint: { id: 'ep_1', name: 'web1' },
    node: { id: 'node_1', name: 'shop.example' },
    reason: 'request',
    names: ['shop.example'],
    keyType: 'ec-p256',
    keyPlace: { where: 'endpoint', why: 'openssl is there' },
    authority: { id: 'ca_1', name: 'local', kind: 'local' },
    terms: { profile: null, days: null },
    bound: { connection: 'ssh deploy@web1:22', endpoint: 'e'.repeat(64), authority: 'a'.repeat(64) },
    install: {
      nodeKey: 'k',
      changes: [
        { kind: 'file', path: '/etc/x.key', holds: 'private-key', before, after },
        {
          kind: 'file',
          path: '/etc/x.conf',
          holds: 'configuration',
          before,
          after: { ...after, sha256: 'c'.repeat(64) },
        },
        {
          kind: 'configuration-line',
          path: '/etc/x.conf',
          line: 3,
          before: 'a;',
          after: 'b;',
          replaces: { path: '/etc/x.conf', start: 9, end: 10, text: 'b' },
        },
        { kind: 'command', argv: ['nginx', '-s', 'reload'], why: 'serve it' },
      ],
      standsOn: [{ what: 'content', name: '/etc/x.conf', sha256: 'h' }],
      remembers: { by: 'nginx', version: 1, facts: [{ name: 'keepDir', label: 'Kept in', value: '/etc' }] },
      shares: [],
      proofs: [{ address: '127.0.0.1', port: 443, serverName: 'shop.example' }],
      warnings: [],
    },
  });
}

describe('the fingerprint of a plan', () => {
  const changes: [string, (p: Plan) => Plan][] = [
    ['names', (p) => ({ ...p, names: [...p.names, 'evil.example'] })],
    ['the authority', (p) => ({ ...p, authority: { ...p.authority, id: 'ca_2' } })],
    ['what it is bound to', (p) => ({ ...p, bound: { ...p.bound, endpoint: 'f'.repeat(64) } })],
    ['the terms', (p) => ({ ...p, terms: { ...p.terms, days: 10 } })],
    ['the endpoint', (p) => ({ ...p, endpointId: 'ep_2' })],
    ['the key place', (p) => ({ ...p, keyPlace: { ...p.keyPlace, where: 'agent' as const } })],
    ['a path', (p) => changed(p, (c) => (c.kind === 'file' ? { ...c, path: '/etc/y.key' } : c))],
    [
      'a before-hash',
      (p) =>
        changed(p, (c) => (c.kind === 'file' ? { ...c, before: { ...before, sha256: 'b'.repeat(64) } } : c)),
    ],
    [
      'a mode',
      (p) =>
        changed(p, (c) =>
          c.kind === 'file' ? { ...c, after: { ...c.after, ownership: posix('root', 'root', 0o644) } } : c,
        ),
    ],
    [
      'the hash a configuration file will have',
      (p) =>
        changed(p, (c) =>
          c.kind === 'file' && c.holds === 'configuration'
            ? { ...c, after: { ...c.after, sha256: 'd'.repeat(64) } }
            : c,
        ),
    ],
    ['an edit', (p) => without(p, 'configuration-line')],
    ['a command', (p) => changed(p, (c) => (c.kind === 'command' ? { ...c, argv: ['rm'], why: 'x' } : c))],
    [
      'what the adapter remembers',
      (p) => ({ ...p, install: { ...p.install, remembers: { ...p.install.remembers, facts: [] } } }),
    ],
    ['what it stands on', (p) => ({ ...p, install: { ...p.install, standsOn: [] } })],
  ];

  test.each(changes)('changes with %s', (_what, change) => {
    expect(planFingerprint(change(plan()))).not.toBe(plan().fingerprint);
  });

  test('stays when the hashes of key and certificate are filled in, and they are in the plan then', () => {
    const filled = fillAfterHashes(plan(), { '/etc/x.key': 'e'.repeat(64) });
    expect(planFingerprint(filled)).toBe(plan().fingerprint);
    expect(filled.install.changes[0]).toMatchObject({ after: { sha256: 'e'.repeat(64) } });
  });

  test('a configuration file that would become something else than approved is refused', () => {
    expect(() => fillAfterHashes(plan(), { '/etc/x.conf': 'f'.repeat(64) })).toThrow('/etc/x.conf');
  });

  test('does not depend on the order in which fields were written', () => {
    expect(canonicalJson({ b: 1, a: [{ d: null, c: undefined }] })).toBe('{"a":[{"d":null}],"b":1}');
    const shuffled = JSON.parse(JSON.stringify(plan(), Object.keys(plan()).reverse())) as Plan;
    expect(Object.keys(shuffled).length).toBeGreaterThan(5);
  });
});
