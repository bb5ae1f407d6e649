import { chmodSync, chownSync, copyFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import { startAgent } from '#test/make/agent.ts';
import { anOrder } from '#test/make/certificate-rows.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { anEndpoint } from '#test/make/rows.ts';
import { sealedDatabase } from '#test/make/sealed-database.ts';
import { anApproval, aTask } from '#test/make/task-rows.ts';
import { sealYes } from '../../electron/agent/steps/seal-yes.ts';
import { createBackup } from '../../electron/database/encrypted-backup.ts';
import { putRestored, stagedPath } from '../../electron/database/put-restored.ts';
import { restoreBackup } from '../../electron/database/restore.ts';
import { Secret } from '../../electron/secrets/secret.ts';
import { create, file, here, outside, phrase, prepareForgery, restore } from './forged-backup.ts';

prepareForgery();

describe.skipIf(process.platform === 'win32')(
  'a database that somebody lays where a restored one waits',
  () => {
    async function foreign(): Promise<string> {
      const theirs = await sealedDatabase();
      theirs.database.endpoints.insert(anEndpoint({ name: 'theirs' }));
      theirs.database.close();
      const path = join(outside.path, 'theirs.db');
      copyFileSync(theirs.path, path);
      chmodSync(path, 0o600);
      theirs.remove();
      return path;
    }

    test.each<[string, (path: string, staged: string) => void]>([
      ['as a link', (path, staged) => symlinkSync(path, staged)],
      [
        'writable for others',
        (path, staged) => {
          renameSync(path, staged);
          chmodSync(staged, 0o666);
        },
      ],
      ...(process.geteuid?.() === 0
        ? [
            [
              'as another user',
              (path: string, staged: string) => {
                renameSync(path, staged);
                chownSync(staged, 12345, 12345);
              },
            ] as [string, (path: string, staged: string) => void],
          ]
        : []),
    ])('%s is not taken', async (_, lay) => {
      here.database.endpoints.insert(anEndpoint({ name: 'ours' }));
      lay(await foreign(), stagedPath(here.path));
      here.database.close();
      putRestored(here.path, silentLog);
      Object.assign(here, here.start());
      expect(here.database.endpoints.find('ours')).not.toBeNull();
      expect(here.database.endpoints.find('theirs')).toBeNull();
    });

    test('does not have a key removed by what its notes call left over', async () => {
      await create(here);
      const staged = stagedPath(here.path);
      const other = await sealedDatabase();
      other.database.close();
      copyFileSync(other.path, staged);
      chmodSync(staged, 0o666);
      other.remove();
      const removed: string[] = [];
      const { remove } = here.os;
      here.os.remove = async (id) => {
        removed.push(id);
        await remove.call(here.os, id);
      };
      await restore(here);
      expect(removed).toEqual([]);
    });
  },
);

describe('what was approved when a backup was made', () => {
  test('is not carried out by who restores it, and what was being changed is left for a person to look at', async () => {
    const source = tempDirectory('restored-source');
    const agent = await startAgent({ dataDirectory: source.path });
    const { database, masterKey } = agent;
    const path = join(source.path, 'trustkeep.db');
    const approved = aTask({ state: 'waiting', waitingFor: 'authority', wakeAt: Date.now() + 3_600_000 });
    const asked = aTask({ state: 'waiting', waitingFor: 'approval', nodeId: 'node_2' });
    const changing = aTask({ state: 'running', nodeId: 'node_3' });
    changing.memory.changing = true;
    const done = aTask({ state: 'succeeded', nodeId: 'node_4', finishedAt: 1 });
    const yes = anApproval({ taskId: approved.task.id, state: 'approved' });
    const open = anApproval({ taskId: asked.task.id });
    database.transaction(() => {
      for (const row of [approved, asked, changing, done])
        database.tasks.insert({ ...row, memory: { ...row.memory, input: { reason: 'request' } } });
      database.approvals.insert(yes);
      database.approvals.insert(open);
      sealYes(database, yes);
      database.orders.insert(anOrder({ taskId: approved.task.id, state: 'pending' }));
    });
    await createBackup(database, {
      ...{ path: file, now: Date.UTC(2026, 10, 21), version: '1' },
      passphrase: Secret.of(phrase),
      withDataKey: (use) => masterKey.withDataKey(use),
    });
    await restoreBackup({
      ...{ path: file, now: Date.now(), databasePath: path },
      passphrase: Secret.of(phrase),
      adopt: (foreign) => masterKey.adopt(foreign),
      by: { origin: 'cli', actor: 'tester' },
    });
    await agent.close();

    const next = await startAgent({ dataDirectory: source.path });
    try {
      const now = (id: string) => next.database.tasks.get(id)?.task;
      const failure = { code: 'task.restored' };
      expect(now(approved.task.id)).toMatchObject({ state: 'cancelled', failure, restored: 'not-needed' });
      expect(now(asked.task.id)).toMatchObject({ state: 'cancelled', failure });
      expect(now(changing.task.id)).toMatchObject({ state: 'failed', failure, restored: 'failed' });
      expect(now(done.task.id)).toMatchObject({ state: 'succeeded', failure: null });
      expect(next.database.approvals.ofTask(asked.task.id)?.state).toBe('superseded');
      expect(next.database.secrets.has(yes.id, 'yes')).toBe(false);
      expect(next.database.orders.ofTask(approved.task.id)?.state).toBe('abandoned');
      const told = next.database.audit.list(undefined, 20).map(({ action }) => action);
      expect(told.filter((action) => action === 'task.cancelled').length).toBe(2);
      expect(next.database.audit.verify()).toMatchObject({ ok: true });
      // once: what is begun from now on goes on after the next start
      const own = aTask({ state: 'waiting', waitingFor: 'approval', nodeId: 'node_5' });
      next.database.tasks.insert({ ...own, memory: { ...own.memory, input: { reason: 'request' } } });
      await next.close();
      const third = await startAgent({ dataDirectory: source.path });
      expect(third.database.tasks.get(own.task.id)?.task.state).toBe('waiting');
      await third.close();
    } finally {
      await next.close();
      source.remove();
    }
  });
});
