/** The attack: what was kept before a change is another in the database by the time a real nginx has to be put back. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { have } from '#test/servers/available.ts';
import { snapshotOutput } from '../../../electron/agent/steps/shapes.ts';
import type { TaskMemory } from '../../../electron/database/database.ts';
import { openDriver } from '../../../electron/database/open.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import { agent, dataDirectory, prepareSite, site, start, stop } from './agent-and-site.ts';
import { addSite } from './site.ts';

describe.skipIf(!have('nginx'))('the way back of a task that was cut off', { timeout: 240_000 }, () => {
  let victim: string;
  let before: Record<string, string>;
  let taskId: string;

  prepareSite();
  beforeEach(async () => {
    told = false;
    victim = join(site.nginx.dir, 'victim');
    writeFileSync(victim, 'precious');
    before = site.state();
    await start({ connection: holdBack });
    const { nodeId } = await addSite(agent, site, { auto_approve: true });
    ({ taskId } = await agent.call.certificates.request({ node: nodeId }));
    await expect
      .poll(
        () => {
          const row = agent.database.tasks.get(taskId);
          return [row?.memory.direction, row?.task.state];
        },
        { timeout: 60_000, interval: 20 },
      )
      .toEqual(['undoing', 'waiting']);
    expect(site.state()).not.toEqual(before);
  });

  /** As a version before this one left it: its yes promises no sealed snapshot, and there is none. */
  function asEarlierVersion(): void {
    const approval = agent.database.approvals.ofTask(taskId);
    if (approval === null) throw new Error('no approval');
    const yes = `${taskId} ${approval.plan.fingerprint} with-request`;
    agent.database.secrets.put(approval.id, 'yes', Secret.of(yes));
    agent.database.secrets.remove(taskId, 'snapshot');
  }

  async function forge(change: (kept: ReturnType<typeof snapshotOutput.parse>) => unknown): Promise<void> {
    await stop();
    const driver = openDriver(join(dataDirectory, 'trustkeep.db'));
    const stored = driver.get('SELECT memory FROM tasks WHERE id = ?', [taskId]) as { memory: string };
    const memory = JSON.parse(stored.memory) as TaskMemory;
    memory.outputs.snapshot = change(snapshotOutput.parse(memory.outputs.snapshot));
    driver.run('UPDATE tasks SET memory = ? WHERE id = ?', [JSON.stringify(memory), taskId]);
    driver.close();
  }

  const forgeries: [string, Parameters<typeof forge>[0]][] = [
    [
      'removes a file',
      ({ snapshot, ...rest }) => ({
        ...rest,
        snapshot: {
          ...snapshot,
          kept: [...snapshot.kept, { kind: 'file', path: victim, keptAt: null, before: null }],
        },
      }),
    ],
    [
      'removes another file than was made',
      ({ snapshot, ...rest }) => ({
        ...rest,
        snapshot: { ...snapshot, kept: [{ kind: 'file', path: victim, keptAt: null, before: null }] },
      }),
    ],
    [
      'starts a program',
      ({ snapshot, ...rest }) => ({
        ...rest,
        snapshot: { ...snapshot, startAgain: ['rm', '-f', victim] },
      }),
    ],
  ];

  async function expectNothingDone(): Promise<void> {
    const changed = site.state();
    await start();
    const task = await agent.until(taskId);
    expect(task).toMatchObject({ state: 'failed', restored: 'failed' });
    const restore = task.steps.find(({ name }) => name === 'restore');
    expect(restore?.failure?.code).toBe('restore.not-approved');
    expect(existsSync(victim)).toBe(true);
    expect(site.state()).toEqual(changed);
    const told = await agent.call.notifications.list({});
    expect(JSON.stringify(told)).toContain(taskId);
    const rows = agent.database.audit.list(undefined, 100);
    expect(rows.some(({ subject, outcome }) => subject === taskId && outcome === 'failed')).toBe(true);
  }

  test.each(forgeries)('is not gone when it %s', async (_what, change) => {
    await forge(change);
    await expectNothingDone();
  });

  test.each(forgeries)('is not gone under a yes of an earlier version when it %s', async (_what, change) => {
    asEarlierVersion();
    await forge(change);
    await expectNothingDone();
  });

  test.each([
    ['of this version', () => {}],
    ['of an earlier version', asEarlierVersion],
  ])('is gone to its end under a yes %s', async (_which, make) => {
    make();
    await stop();
    await start();
    expect(await agent.until(taskId)).toMatchObject({ state: 'failed', restored: 'proved' });
    expect(site.state()).toEqual(before);
    expect(await site.served()).toBe(site.oldFingerprint);
    expect(agent.database.secrets.list(taskId)).toEqual([]);
  });
});

/** Whether the server was told to reload, over whichever connection. */
let told = false;

/** A connection on which a reload says yes and does nothing, and which is lost afterwards. */
function holdBack<T extends { exec(request: { argv: readonly string[] }): Promise<unknown> }>(real: T): T {
  return new Proxy(real, {
    get(target, property) {
      if (property === 'exec')
        return async (request: { argv: readonly string[] }) => {
          if (!request.argv.includes('reload')) return target.exec(request);
          told = true;
          return { code: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), timedOut: false };
        };
      if (told && property === 'stat')
        return async () => {
          throw new Failure('connection.lost', 'The connection was lost.', { retry: 'later' });
        };
      const value = Reflect.get(target, property) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
