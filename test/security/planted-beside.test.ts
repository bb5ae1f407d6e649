/** The attack: whoever may write into the directory of a certificate, and nowhere else, has the agent work for them. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { posix } from '#shared/model/changes/ownership.ts';
import { have } from '#test/servers/available.ts';
import { approve } from '../integration/certify/site.ts';
import { agent, ids, prepareApproval, site, when } from './approved-plan.ts';

describe.skipIf(!have('nginx'))('what is planted beside a certificate', { timeout: 120_000 }, () => {
  prepareApproval();
  const beside = (name: string): string => join(site.nginx.dir, 'tls', name);
  const outside = (name: string, content: string): string => {
    const path = join(site.nginx.dir, name);
    writeFileSync(path, content);
    return path;
  };

  /** A note as versions before this one took theirs from: what to remove, what to overwrite and what to run. */
  function plantNote(tag: string, victims: { removed: string; overwritten: string; ran: string }): void {
    const mine = '* * * * * root id';
    writeFileSync(beside('mine'), mine);
    const before = {
      sha256: createHash('sha256').update(mine).digest('hex'),
      ownership: posix('root', 'root', 0o644),
    };
    const note = {
      ...{ nodeKey: 'x', previousFingerprint: null, startAgain: ['touch', victims.ran] },
      kept: [
        { kind: 'file', path: victims.removed, keptAt: null, before: null },
        { kind: 'file', path: victims.overwritten, keptAt: beside('mine'), before },
      ],
    };
    writeFileSync(beside(`.trustkeep-${tag}.snapshot`), JSON.stringify(note));
  }

  test('as a note of what was kept removes, overwrites and runs nothing: the plan is put back', async () => {
    const removed = outside('outside-victim', 'precious');
    const overwritten = outside('outside-cron', 'old');
    const ran = join(site.nginx.dir, 'ran');
    const before = readFileSync(beside('shop.crt'), 'utf8');
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    when(taskId, 'make-key', 'done', () =>
      plantNote(taskId.replace(/^task_/, ''), { removed, overwritten, ran }),
    );
    // nginx neither takes it nor lives, so everything has to be put back and started
    when(taskId, 'install', 'done', () => {
      writeFileSync(beside('shop.crt'), 'broken');
      process.kill(Number(readFileSync(join(site.nginx.dir, 'nginx.pid'), 'utf8')), 'SIGKILL');
    });
    await approve(agent, taskId);
    expect(await agent.until(taskId)).toMatchObject({ state: 'failed', restored: 'proved' });
    expect(readFileSync(removed, 'utf8')).toBe('precious');
    expect(readFileSync(overwritten, 'utf8')).toBe('old');
    expect(existsSync(ran)).toBe(false);
    expect(readFileSync(beside('shop.crt'), 'utf8')).toBe(before);
    expect(await site.served()).toBe(site.oldFingerprint);
  });

  test('as a link where the certificate was is not written through: the restore says so, and goes on when it is gone', async () => {
    const victim = outside('outside-victim', 'precious');
    const before = readFileSync(beside('shop.crt'), 'utf8');
    const { taskId } = await agent.call.certificates.request({ node: ids.nodeId });
    when(taskId, 'install', 'done', () => {
      renameSync(beside('shop.crt'), beside('gone.crt'));
      symlinkSync(victim, beside('shop.crt'));
    });
    await approve(agent, taskId);
    const restoring = () =>
      agent.database.tasks.get(taskId)?.task.steps.find(({ name }) => name === 'restore');
    await expect.poll(() => restoring()?.failure?.code, { timeout: 60_000 }).toBe('restore.not-exact');
    expect(restoring()?.failure?.sentence).toContain(`${beside('shop.crt')} now leads to ${victim}`);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(lstatSync(beside('shop.crt')).isSymbolicLink()).toBe(true);
    rmSync(beside('shop.crt'));
    expect(await agent.until(taskId)).toMatchObject({ state: 'failed', restored: 'proved' });
    expect(readFileSync(beside('shop.crt'), 'utf8')).toBe(before);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });
});
