import { describe, expect, test } from 'vitest';
import type { FileChange } from '#shared/model/changes/file.ts';
import { posix } from '#shared/model/changes/ownership.ts';
import type {
  FileFlag,
  FileRights,
  HostConnection,
} from '../../../../../electron/providers/connections/connection.ts';
import { refuseLostRights } from '../../../../../electron/providers/endpoints/common/kept-rights.ts';

const none: FileRights = { acl: '', hidesAcl: false, attributes: '', label: null, untold: [] };
const ownership = posix('root', 'root', 0o600);

/** A host of which every file has these rights, and flags by its path; null: it cannot tell flags. */
function hostWith(rights: Partial<FileRights>, flags: Record<string, FileFlag[]> | null = {}) {
  const connection: Pick<HostConnection, 'description' | 'rights' | 'flags' | 'stat'> = {
    description: 'ssh root@web1:22',
    rights: async (paths) => paths.map(() => ({ ...none, ...rights })),
    flags: async (paths) => paths.map((path) => (flags === null ? null : (flags[path] ?? []))),
    stat: async (path) => ({
      ...{ path, realPath: path, kind: 'directory', system: 'posix', size: 0, mode: 0o755 },
      ...{ owner: 'root', group: 'root', uid: 0, gid: 0, names: 1, modifiedAt: 0 },
    }),
  };
  return connection as HostConnection;
}

const file = (path: string, before: FileChange['before']): FileChange => ({
  ...{ kind: 'file', path, holds: 'private-key' },
  ...{ before, after: { sha256: null, ownership } },
});
const old = file('/tls/a.key', { sha256: 'a', size: 1, ownership });

describe('the rights of files that a plan replaces', () => {
  test('need no word where all is told', async () => {
    expect(await refuseLostRights(hostWith({}), [old])).toEqual([]);
    expect(await refuseLostRights(hostWith({ untold: ['x'] }, null), [file('/tls/new.key', null)])).toEqual(
      [],
    );
  });

  test('are said once where the host cannot tell them', async () => {
    const untold = ['extended attributes (getfattr)'];
    const host = hostWith({ attributes: null, untold }, null);
    expect(await refuseLostRights(host, [old, { ...old, path: '/tls/a.crt' }])).toEqual([
      'On ssh root@web1:22, no program tells whether the files have extended attributes (getfattr), the immutable flag (lsattr). Any such attribute would be lost when a file is replaced.',
    ]);
  });

  test('end the plan where a list is there that no program can read', async () => {
    await expect(refuseLostRights(hostWith({ acl: null, hidesAcl: true }), [old])).rejects.toMatchObject({
      code: 'node.not-installable',
      message: expect.stringContaining('/tls/a.key has an access control list'),
      hint: expect.stringContaining('Install the package acl'),
    });
  });

  test.each([
    ['immutable', '/tls/a.key', 'it cannot be replaced', 'chattr -i'],
    ['append-only', '/tls', 'no file in it can be replaced', 'chattr -a'],
  ] as const)('end the plan where something is %s', async (flag, path, so, hint) => {
    await expect(refuseLostRights(hostWith({}, { [path]: [flag] }), [old])).rejects.toMatchObject({
      code: 'node.not-installable',
      message: expect.stringContaining(so),
      hint: expect.stringContaining(hint),
    });
  });
});
