import { existsSync, readFileSync, renameSync, statSync, truncateSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Failure } from '#shared/failure.ts';
import { makeTask } from '#test/make/task-rows.ts';
import { codeOf, content, hour, updateWorld } from './world.ts';

const world = updateWorld();

describe('an update', () => {
  test('is downloaded piece by piece, checked, told of and installed when a person says so', async () => {
    world.offer({ version: '1.1.0', notes: 'Faster.\u202e\u0007' });
    const letGo = world.feed.holdFiles();
    expect(await world.check()).toMatchObject({ state: 'downloading', progress: { percent: 0 } });
    letGo();
    await world.reaches('ready');
    expect(await world.status()).toMatchObject({
      offered: { version: '1.1.0', size: content.length, notes: 'Faster.' },
    });
    expect(world.ranges()).toEqual([
      'bytes=0-1048575',
      'bytes=1048576-2097151',
      'bytes=2097152-3145727',
      `bytes=3145728-${content.length - 1}`,
    ]);
    expect([...world.feed.userAgents]).toEqual(['Trustkeep']); // no version, for the feed and for the file
    expect(readFileSync(world.fileOf('1.1.0')).equals(content)).toBe(true);
    expect(statSync(world.fileOf('1.1.0')).mode & 0o777).toBe(0o600);
    const told = await world.agent.call.notifications.list({});
    expect(told.filter(({ title }) => title === 'Update ready').length).toBe(1);
    expect((await world.agent.call.autoupdate.install({})).state).toBe('installing');
    await expect(world.agent.call.autoupdate.install({})).rejects.toThrow(
      'Trustkeep 1.1.0 is being installed already.',
    );
    // it ends with this program
    expect((await world.agent.call.autoupdate.disable({})).state).toBe('installing');
    expect(world.installed.map(({ file, statement }) => [file, statement.version])).toEqual([
      [world.fileOf('1.1.0'), '1.1.0'],
    ]);
  });

  test('continues after the line was lost, and after it was cancelled, from where it was', async () => {
    world.offer({ version: '1.2.0' });
    world.feed.loseLine(1);
    const letGo = world.feed.holdFiles();
    await world.check();
    letGo();
    await world.reaches('ready');
    const ranges = world.ranges();
    expect(ranges.slice(0, 3)).toEqual(['bytes=0-1048575', 'bytes=0-1048575', 'bytes=1048576-2097151']);

    world.offer({ version: '1.2.1' });
    const part = `${world.fileOf('1.2.1')}.part`;
    await world.check();
    await world.reaches('ready');
    truncateAt(world.fileOf('1.2.1'), part, 2 * 1024 * 1024);
    world.feed.requests.length = 0;
    const resume = world.feed.holdFiles();
    await world.check();
    await expect.poll(() => world.feed.requests.length).toBe(2);
    const given = world.agent.call.autoupdate.install({}).catch((error: unknown) => String(error));
    expect((await world.agent.call.autoupdate.cancel({})).state).toBe('available');
    expect(await given).toMatch(/The download of Trustkeep 1\.2\.1 was cancelled\.$/);
    resume();
    await world.agent.call.autoupdate.install({});
    expect(world.ranges()).toEqual([
      'bytes=2097152-3145727', // given up
      'bytes=2097152-3145727',
      `bytes=3145728-${content.length - 1}`,
    ]);
    expect(world.installed.length).toBe(1);
    expect(readFileSync(world.fileOf('1.2.1')).equals(content)).toBe(true);
    expect(existsSync(world.fileOf('1.2.0'))).toBe(false); // of no use any longer
  });

  test('is refused when the server sends another file than the one that was signed, and nothing of it stays', async () => {
    const other = Buffer.from(content);
    other[2_000_000] = (other[2_000_000] ?? 0) ^ 1;
    world.offer({ version: '1.3.0', sends: other });
    await world.check();
    await world.reaches('failed');
    expect(await world.status()).toMatchObject({
      failure: { code: 'update.tampered' },
      offered: { version: '1.3.0' },
    });
    expect(await codeOf(world.agent.call.autoupdate.install({}))).toBe('update.tampered');
    world.offer({ version: '1.3.0', sends: content.subarray(0, 5000) });
    expect(await codeOf(world.check())).toBe(null);
    await world.reaches('failed');
    expect([world.fileOf('1.3.0'), `${world.fileOf('1.3.0')}.part`].filter(existsSync)).toEqual([]);
    expect(world.installed).toEqual([]);
  });

  test('comes whole from a server that knows no parts of files', async () => {
    world.offer({ version: '1.4.0' });
    world.feed.knowNoRanges();
    await world.check();
    await world.reaches('ready');
    expect(world.feed.requests.filter((one) => one.includes('AppImage')).length).toBe(1);
  });

  test('whose installation cannot begin says why, and can be tried again', async () => {
    world.offer({ version: '1.5.0' });
    await world.check();
    await world.reaches('ready');
    world.refusal = new Failure('update.not-writable', 'Trustkeep is not allowed to replace it.');
    expect(await codeOf(world.agent.call.autoupdate.install({}))).toBe('update.not-writable');
    expect(await world.status()).toMatchObject({ state: 'failed', offered: { version: '1.5.0' } });
    world.refusal = null;
    expect((await world.agent.call.autoupdate.install({})).state).toBe('installing');
  });

  test('waits while a task works, and follows when none does, if a person says so', async () => {
    const task = makeTask({ state: 'waiting', waitingFor: 'back-off' });
    const memory = { input: {}, outputs: {}, changing: true, cursor: 0, direction: 'forward' as const };
    world.agent.database.tasks.insert({ task, memory });
    world.offer({ version: '1.6.0' });
    await world.check();
    await world.reaches('ready');
    expect(await codeOf(world.agent.call.autoupdate.install({}))).toBe('update.busy');
    const waiting = await world.agent.call.autoupdate.install({ when_idle: true });
    expect(waiting).toMatchObject({ state: 'ready' });
    expect(waiting.sentence).toMatch(/will be installed when that is done\. A task is at work: /);
    expect(world.installed).toEqual([]);
    world.agent.database.tasks.update({ task: { ...task, state: 'failed', finishedAt: 1 }, memory });
    world.agent.agent.wake();
    await world.reaches('installing');
    expect(world.installed.length).toBe(1);
    const [entry] = await world.agent.call.audit.list({ limit: 1 });
    expect(entry?.sentence).toMatch(
      /^The installation of Trustkeep 1\.6\.0 was begun .* a person had asked\.$/,
    );
  });

  test('from which a person went back is not announced as if it would follow on its own', async () => {
    world.mark = {
      ...{ format: 1, state: 'installing', from: '1.6.1', to: '1.0.0', at: 2, starts: 0, kept: null },
      ...{ keptSha512: null, schema: 1, trouble: null },
    };
    await world.agent.call.autoupdate.set({ install: 'automatic' });
    const task = makeTask({ state: 'running' });
    const memory = { input: {}, outputs: {}, changing: false, cursor: 0, direction: 'forward' as const };
    world.agent.database.tasks.insert({ task, memory });
    world.offer({ version: '1.6.1' });
    expect((await world.check()).state).toBe('available');
    expect(await codeOf(world.agent.call.autoupdate.install({}))).toBe('update.busy');
    expect((await world.status()).sentence).toBe(
      'Trustkeep 1.6.1 is downloaded and checked. It can be installed.',
    );
    world.agent.database.tasks.update({ task: { ...task, state: 'failed', finishedAt: 1 }, memory });
    world.mark = null;
  });

  test('and what became of the last one are each told once, whatever is told between and however often it starts', async () => {
    const titles = async () => {
      const told = await world.agent.call.notifications.list({});
      return told.map(({ title }) => title).filter((title) => /update/i.test(title));
    };
    const before = await titles();
    world.mark = {
      ...{ format: 1, state: 'healthy', from: '0.9.0', to: '1.0.0', at: 1, starts: 0, kept: null },
      ...{ keptSha512: null, schema: 1, trouble: null },
    };
    world.offer({ version: '1.6.5' });
    for (let start = 0; start < 3; start++) {
      await world.restart();
      world.agent.agent.wake(); // its first turn reads the mark
      await expect.poll(titles).toContain('Trustkeep was updated');
      await world.check();
      await world.reaches('ready');
    }
    const after = await titles();
    expect(after.slice(0, after.length - before.length)).toEqual(['Update ready', 'Trustkeep was updated']);
    world.mark = null;
  });

  test('is installed automatically in its window of time only', async () => {
    const at = (ms: number) => new Date(world.clock.now() + ms).toTimeString().slice(0, 5);
    await world.agent.call.autoupdate.set({
      install: 'automatic',
      window: `${at(2 * hour)}-${at(3 * hour)}`,
    });
    world.offer({ version: '1.7.0' });
    await world.check();
    await world.reaches('ready');
    world.agent.agent.wake();
    expect((await world.status()).sentence).toMatch(
      /It will be installed between \d\d:\d\d and \d\d:\d\d\.$/,
    );
    expect(world.installed).toEqual([]);
    world.clock.jump(2 * hour + 60_000);
    await world.reaches('installing');
    const [entry] = await world.agent.call.audit.list({ limit: 1 });
    expect(entry).toMatchObject({ action: 'autoupdate.install', origin: 'agent', outcome: 'ok' });
    expect(entry?.sentence).toBe('The installation of Trustkeep 1.7.0 was begun automatically.');
  });
});

function truncateAt(file: string, part: string, length: number): void {
  truncateSync(file, length);
  renameSync(file, part);
}
