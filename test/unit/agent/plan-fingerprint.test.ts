import { describe, expect, test } from 'vitest';
import type { Plan } from '#shared/model/plan.ts';
import { canonicalJson } from '../../../electron/agent/plans/canonical.ts';
import { fillAfterHashes, makePlan, planFingerprint } from '../../../electron/agent/plans/certify.ts';

const before = { sha256: 'a'.repeat(64), size: 10, owner: 'root', group: 'root', mode: 0o600 };
const after = { sha256: null, owner: 'root', group: 'root', mode: 0o600 };

function plan(): Plan {
  return makePlan({
    endpoint: { id: 'ep_1', name: 'web1' },
    node: { id: 'node_1', name: 'shop.example' },
    reason: 'request',
    names: ['shop.example'],
    keyType: 'ec-p256',
    keyPlace: { where: 'target', why: 'openssl is there' },
    authority: { id: 'ca_1', name: 'local', kind: 'local' },
    terms: { profile: null, days: null },
    bound: { connection: 'ssh deploy@web1:22', endpoint: 'e'.repeat(64), authority: 'a'.repeat(64) },
    install: {
      nodeKey: 'k',
      files: [
        { path: '/etc/x.key', holds: 'private-key', before, after },
        { path: '/etc/x.conf', holds: 'configuration', before, after: { ...after, sha256: 'c'.repeat(64) } },
      ],
      edits: [{ path: '/etc/x.conf', line: 3, before: 'a;', after: 'b;' }],
      commands: [{ argv: ['nginx', '-s', 'reload'], why: 'serve it' }],
      shares: [],
      proofs: [{ address: '127.0.0.1', port: 443, serverName: 'shop.example' }],
      warnings: [],
      details: { configuration: { '/etc/x.conf': 'h' } },
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
    [
      'a path',
      (p) => ({
        ...p,
        install: {
          ...p.install,
          files: p.install.files.map((f, at) => (at === 0 ? { ...f, path: '/etc/y.key' } : f)),
        },
      }),
    ],
    [
      'a before-hash',
      (p) => ({
        ...p,
        install: {
          ...p.install,
          files: p.install.files.map((f) => ({ ...f, before: { ...before, sha256: 'b'.repeat(64) } })),
        },
      }),
    ],
    [
      'a mode',
      (p) => ({
        ...p,
        install: {
          ...p.install,
          files: p.install.files.map((f) => ({ ...f, after: { ...f.after, mode: 0o644 } })),
        },
      }),
    ],
    [
      'the hash a configuration file will have',
      (p) => ({
        ...p,
        install: {
          ...p.install,
          files: p.install.files.map((f) =>
            f.holds === 'configuration' ? { ...f, after: { ...f.after, sha256: 'd'.repeat(64) } } : f,
          ),
        },
      }),
    ],
    ['an edit', (p) => ({ ...p, install: { ...p.install, edits: [] } })],
    ['a command', (p) => ({ ...p, install: { ...p.install, commands: [{ argv: ['rm'], why: 'x' }] } })],
    ['what the adapter remembers', (p) => ({ ...p, install: { ...p.install, details: {} } })],
  ];

  test.each(changes)('changes with %s', (_what, change) => {
    expect(planFingerprint(change(plan()))).not.toBe(plan().fingerprint);
  });

  test('stays when the hashes of key and certificate are filled in, and they are in the plan then', () => {
    const filled = fillAfterHashes(plan(), { '/etc/x.key': 'e'.repeat(64) });
    expect(planFingerprint(filled)).toBe(plan().fingerprint);
    expect(filled.install.files[0]?.after.sha256).toBe('e'.repeat(64));
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
