import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '#kit/log.ts';
import type { TestAgent } from '#test/make/agent.ts';
import { readySealer } from '#test/make/database.ts';
import { layDown } from '#test/make/filled-database.ts';
import { listBackups } from '../../../electron/database/backup.ts';
import { migrations, refuseFuture, versionOf } from '../../../electron/database/migrate.ts';
import { openDatabase, openDriver } from '../../../electron/database/open.ts';
import type { SqliteDatabase } from '../../../electron/database/sqlite-database.ts';

/** Every table of version 3, and what identifies a row of it. */
const tables = {
  endpoints: 'id',
  certificates: 'fingerprint',
  nodes: 'id',
  orders: 'number',
  tasks: 'id',
  approvals: 'id',
  authorities: 'id',
  renewals: 'node_id',
  notifications: 'id',
  audit: 'hash',
  secrets: "owner || '/' || name",
  secret_keys: "owner || '/' || name",
  credential_stores: 'id',
  credentials: 'row_id',
  meta: 'name',
};

let old: ReturnType<typeof layDown>;

beforeEach(() => {
  old = layDown(3);
});
afterEach(() => old.remove());

function rowsOf(path: string): Record<string, unknown[]> {
  const driver = openDriver(path, { readonly: true });
  try {
    return Object.fromEntries(
      Object.entries(tables).map(([table, id]) => [
        table,
        driver.all(`SELECT ${id} AS id FROM ${table} ORDER BY 1`).map((row) => row.id),
      ]),
    );
  } finally {
    driver.close();
  }
}

const openIt = () =>
  openDatabase({ path: old.path, clock: old.clock, log: silentLog, sealer: readySealer() }) as SqliteDatabase;

describe('a filled store of an older version', () => {
  test('keeps every row, and each can be read', () => {
    const before = rowsOf(old.path);
    expect(Object.values(before).map((ids) => ids.length > 0)).not.toContain(false);
    const database = openIt();
    try {
      expect(versionOf(database.driver)).toBe(migrations.length);
      expect(database.endpoints.list()).toHaveLength(before.endpoints?.length ?? 0);
      expect(database.nodes.list()).toHaveLength(before.nodes?.length ?? 0);
      expect(database.certificates.list()).toHaveLength(before.certificates?.length ?? 0);
      expect(database.orders.list(1000)).toHaveLength(before.orders?.length ?? 0);
      expect(database.tasks.list({ limit: 1000 })).toHaveLength(before.tasks?.length ?? 0);
      expect(database.approvals.list(undefined)).toHaveLength(before.approvals?.length ?? 0);
      expect(database.authorities.list()).toHaveLength(before.authorities?.length ?? 0);
      expect(database.renewals.list()).toHaveLength(before.renewals?.length ?? 0);
      expect(database.notifications.list({ limit: 1000 })).toHaveLength(before.notifications?.length ?? 0);
      expect(database.credentialStores.list()).toHaveLength(before.credential_stores?.length ?? 0);
      expect(database.audit.list(undefined, 1000)).toHaveLength(before.audit?.length ?? 0);
      expect(database.overview(old.clock.now()).tasks.live).toBe(8);
    } finally {
      database.close();
    }
    expect(rowsOf(old.path)).toEqual(before);
  });

  test('is backed up right before, as it was but for the mark of a backup, and that backup opens again', () => {
    const before = rowsOf(old.path);
    openIt().close();
    const [backup, ...more] = listBackups(old.path);
    expect(more).toEqual([]);
    const meta = [...(before.meta ?? []), 'restored-from'].sort();
    expect(rowsOf(backup?.path ?? '')).toEqual({ ...before, meta });
    const driver = openDriver(backup?.path ?? '', { readonly: true });
    expect(versionOf(driver)).toBe(old.filled.version);
    driver.close();
    openIt().close();
    expect(listBackups(old.path), 'another start is no migration').toHaveLength(1);
  });

  test('is refused in words by the older program from then on, and not touched', () => {
    openIt().close();
    expect(() => refuseFuture(old.path, migrations.length, old.filled.version)).toThrow(
      expect.objectContaining({
        code: 'database.from-the-future',
        message: expect.stringContaining('written by a newer version of Trustkeep'),
      }),
    );
  });

  test('knows no other program behind its nodes until they are discovered again', () => {
    const database = openIt();
    const before = database.nodes.list();
    expect(new Set(before.map(({ managedBy }) => managedBy))).toEqual(new Set([null]));
    const [node] = before;
    if (node === undefined) throw new Error('the store has no node');
    const managedBy = { who: 'certbot', evidence: 'a renewal file' };
    database.nodes.reconcile(node.endpointId, [{ ...node, chainPem: null, managedBy }], old.clock.now());
    expect(database.nodes.get(node.id)?.managedBy).toEqual(managedBy);
    database.nodes.reconcile(
      node.endpointId,
      [{ ...node, chainPem: null, managedBy: null }],
      old.clock.now(),
    );
    expect(database.nodes.get(node.id)?.managedBy).toBeNull();
    database.close();
  });

  test('gives its tasks the subject they are about', () => {
    const { facts } = old.filled;
    const database = openIt();
    const about = (id: string) => database.tasks.get(id)?.task;
    const [asked] = database.nodes.list().filter((node) => node.endpointName === 'asked');
    expect(about(facts.asked)).toMatchObject({
      kind: 'certify',
      state: 'waiting',
      subject: {
        kind: 'node',
        id: asked?.id,
        name: asked?.name,
        within: { kind: 'endpoint', id: asked?.endpointId, name: 'asked' },
      },
      origin: 'cli',
      actor: null,
      outsideId: null,
    });
    expect(about(facts.restart)?.subject).toMatchObject({ kind: 'endpoint', name: 'rejected', within: null });
    expect(about(facts.failed)?.subject).toMatchObject({ id: 'node_gone', within: { name: 'web9' } });
    database.close();
  });
});

describe('an agent on a store of an older version', () => {
  let agent: TestAgent;

  beforeEach(async () => {
    agent = await old.start();
  });
  afterEach(() => agent.close());

  test('opens what was sealed, and its audit chain holds', async () => {
    const { facts } = old.filled;
    const { database } = agent;
    expect(database.secrets.open('ep_ssh0000000000000', 'password')?.text()).toBe('fixture password');
    const revealed = await agent.call.credentials.reveal({ storename: 'team', id: 'deploy' });
    expect(revealed).toMatchObject({ username: 'deploy', password: 'fixture credential' });
    expect(database.audit.verify()).toMatchObject({ ok: true, firstBad: null });
    const { entries, head } = facts.audit;
    expect(database.audit.list(entries + 1, 1)[0]).toMatchObject({ number: entries, hash: head });
    expect(await agent.call.settings.show({})).toMatchObject({ watch_minutes: 45 });
  });

  test('goes on with what was in progress, each from where it was', async () => {
    const { facts } = old.filled;
    const done = ['succeeded', 'succeeded-with-warnings'];
    // a yes that was given and sealed before counts
    expect(done).toContain((await agent.until(facts.approved)).state);
    expect(old.content(siteOf('approved'))).not.toEqual(original(siteOf('approved')));
    // what was half changed is put back
    expect(await agent.until(facts.undone)).toMatchObject({ state: 'failed', restored: 'unproved' });
    const kept = siteOf('undone').replace('site.pem', `.trustkeep-${facts.undone.slice(5)}.kept.site.pem`);
    expect(original(siteOf('undone'))).not.toEqual(original(kept));
    expect(old.content(siteOf('undone'))).toEqual(original(kept));
    // what was asked is still asked, and can be answered
    await agent.call.approvals.approve({ approval: facts.asked });
    expect(done).toContain((await agent.until(facts.asked)).state);
    // what nobody had begun is begun
    await agent.until(facts.queued, ['waiting']);
    await agent.call.approvals.reject({ approval: facts.queued });
    expect((await agent.until(facts.queued)).state).toBe('cancelled');
    // what was cut off is repeated where that does no harm, else it is a person's
    expect((await agent.until(facts.discovery)).state).toBe('succeeded');
    expect((await agent.until(facts.restart)).failure?.code).toBe('task.interrupted');
    // what waited for the keychain is taken up
    const locked = () => agent.database.tasks.get(facts.locked)?.task.waitingFor;
    await expect.poll(locked).not.toBe('keychain');
    // what waits for the authority goes on waiting; what ended stays as it was
    expect(agent.database.tasks.get(facts.atAuthority)?.task.state).toBe('waiting');
    expect(agent.database.tasks.get(facts.warned)?.task.state).toBe('succeeded-with-warnings');
    expect(agent.database.tasks.get(facts.rejected)?.task.state).toBe('cancelled');
    expect(agent.database.audit.verify()).toMatchObject({ ok: true });
  });

  const original = (file: string): Buffer => Buffer.from(old.filled.files[file]?.base64 ?? '', 'base64');
  const siteOf = (name: string): string => `/srv/filled/${name}/site.pem`;
});
