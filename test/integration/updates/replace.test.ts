import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { asFailure } from '#shared/failure.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { canMount, mountTiny } from '#test/servers/tiny-disk.ts';
import { makeReleaseKey } from '#test/servers/update-feed.ts';
import { readsOfMark } from '../../../electron/agent/updates/aftermath.ts';
import type { CheckedUpdate } from '../../../electron/agent/updates/updater.ts';
import { watchHealth } from '../../../electron/shell/updater/health.ts';
import { appImageInstaller, makeUpdater } from '../../../electron/shell/updater/updater.ts';
import { readMark, writeMark } from '../../../electron/updates/mark.ts';
import { signStatement } from '../../../scripts/release/feed.ts';

const key = makeReleaseKey();
const mounts = await canMount();

describe('an AppImage', () => {
  let directory: ReturnType<typeof tempDirectory>;
  let folder = '';
  let image = '';
  let told: string[] = [];

  const updaterOf = (version: string, at = image, keys = [key.raw]) =>
    makeUpdater({
      app: {
        quit: () => void told.push('quit'),
        relaunch: (how) => void told.push(JSON.stringify(how?.args)),
      },
      installer: appImageInstaller(at),
      ...{ folder, version, keys, argv: ['trustkeep', '--hidden', '--log-level=debug'] },
      clock: systemClock,
      log: silentLog,
      schema: async () => 10,
      stageDatabase: async (schema) => void told.push(`database ${schema}`),
    });
  function update(version: string, content = randomBytes(5000)): CheckedUpdate {
    const file = join(directory.path, `new-${version}`);
    writeFileSync(file, content);
    const sha512 = createHash('sha512').update(content).digest('base64');
    const statement = {
      ...{
        version,
        channel: 'latest',
        platform: 'linux',
        arch: 'x64',
        name: 'new',
        size: content.length,
        sha512,
      },
    };
    return { file, statement, signatures: [signStatement(statement, key.privateKey)] };
  }
  const left = () => readdirSync(join(image, '..')).sort();

  beforeEach(() => {
    directory = tempDirectory('image');
    folder = join(directory.path, 'updates');
    mkdirSync(join(directory.path, 'apps'));
    image = join(directory.path, 'apps', 'Trustkeep.AppImage');
    writeFileSync(image, 'the first version', { mode: 0o755 });
    told = [];
  });
  afterEach(() => directory.remove());

  test('is replaced when the agent has stopped, started again with a window, and kept', async () => {
    const updater = updaterOf('1.0.0');
    const content = randomBytes(5000);
    const next = update('1.1.0', content);
    await updater.install(next);
    expect(readFileSync(image, 'utf8')).toBe('the first version');
    await updater.finish();
    expect(readFileSync(image).equals(content)).toBe(true);
    expect(existsSync(next.file)).toBe(false);
    expect(statSync(image).mode & 0o777).toBe(0o755);
    expect(left()).toEqual(['.trustkeep-previous.AppImage', 'Trustkeep.AppImage']);
    expect(told).toContain('["--log-level=debug"]');
    expect(readMark(folder)).toMatchObject({
      state: 'installing',
      from: '1.0.0',
      to: '1.1.0',
      schema: 10,
      trouble: null,
    });
  });

  test('comes back with one step, and the database with it', async () => {
    const updater = updaterOf('1.0.0');
    await updater.install(update('1.1.0'));
    await updater.finish();
    const newer = updaterOf('1.1.0');
    await newer.goBack();
    await newer.finish();
    expect(readFileSync(image, 'utf8')).toBe('the first version');
    expect(told).toContain('database 10');
    expect(readsOfMark(readMark(folder), '1.0.0')).toMatchObject({ goneBackFrom: '1.1.0', previous: null });
    await expect(updaterOf('1.0.0').goBack()).rejects.toThrow(/No previous version of Trustkeep is kept/);
  });

  test('says at the next start why it did not come back, though that it was updated is told already', async () => {
    const updater = updaterOf('1.0.0');
    await updater.install(update('1.1.0'));
    await updater.finish();
    const updated = readsOfMark(readMark(folder), '1.1.0').told;
    expect(updated?.draft.title).toBe('Trustkeep was updated');
    const newer = updaterOf('1.1.0');
    await newer.goBack();
    rmSync(join(image, '..', '.trustkeep-previous.AppImage'));
    await newer.finish();
    const { told, notTaken } = readsOfMark(readMark(folder), '1.1.0');
    expect(told?.name).not.toBe(updated?.name);
    expect(told?.draft.title).toBe('The previous version was not put back');
    expect(told?.draft.sentence).toBe(notTaken?.message);
  });

  test('does not come back from a file that is another than the one that was kept', async () => {
    const updater = updaterOf('1.0.0');
    await updater.install(update('1.1.0'));
    await updater.finish();
    writeFileSync(join(image, '..', '.trustkeep-previous.AppImage'), 'something else');
    await expect(updaterOf('1.1.0').goBack()).rejects.toThrow(/no longer there as it was/);
  });

  test('stays when the file is changed between the check and the end of the program, and the next start says so', async () => {
    const updater = updaterOf('1.0.0');
    const next = update('1.1.0');
    await updater.install(next);
    writeFileSync(next.file, randomBytes(5000));
    await updater.finish();
    expect(readFileSync(image, 'utf8')).toBe('the first version');
    const { notTaken } = readsOfMark(readMark(folder), '1.0.0');
    expect(notTaken).toMatchObject({
      code: 'update.did-not-take',
      message: expect.stringContaining('is not the one that was signed'),
    });
    expect(left()).not.toContain('.trustkeep-update.part');
    expect(told.at(-1)).toBe('["--log-level=debug"]'); // the old version starts again
  });

  test('stays when nothing of a known key signed the file', async () => {
    const updater = updaterOf('1.0.0', image, [makeReleaseKey().raw]);
    await updater.install(update('1.1.0'));
    await updater.finish();
    expect(readFileSync(image, 'utf8')).toBe('the first version');
    expect(readMark(folder)?.trouble).toMatch(/does not have a valid signature/);
  });

  test('that another program replaced nothing of counts as not taken: a person may have declined', () => {
    writeMark(folder, {
      ...{ format: 1, state: 'installing', from: '1.0.0', to: '1.1.0', at: 1, starts: 0, kept: null },
      ...{ keptSha512: null, schema: 10, trouble: null },
    });
    const { notTaken } = readsOfMark(readMark(folder), '1.0.0');
    expect(asFailure(notTaken).message).toBe(
      'The installer of Trustkeep 1.1.0 ran, and version 1.0.0 is still in use.',
    );
  });

  test.skipIf(!mounts)('stays on a disk that is full or read-only, and one sentence says why', async () => {
    const tiny = join(directory.path, 'tiny');
    const disk = await mountTiny(tiny, '64k');
    try {
      const there = join(tiny, 'Trustkeep.AppImage');
      writeFileSync(there, 'the first version', { mode: 0o755 });
      const updater = updaterOf('1.0.0', there);
      await updater.install(update('1.1.0', randomBytes(200_000)));
      await updater.finish();
      expect(readFileSync(there, 'utf8')).toBe('the first version');
      expect(readMark(folder)?.trouble).toBe(`There is not enough space in ${tiny} for the update.`);
      await disk.makeReadOnly();
      await expect(updaterOf('1.0.0', there).install(update('1.1.0'))).rejects.toThrow(
        `Trustkeep is not allowed to replace ${there} (EROFS).`,
      );
    } finally {
      await disk.unmount();
    }
  });
});

describe('a new version on trial', () => {
  let directory: ReturnType<typeof tempDirectory>;
  let due: (() => void) | null = null;
  const clock = {
    ...systemClock,
    after: (_ms: number, run: () => void) => {
      due = run;
      return {
        cancel() {
          due = null;
        },
      };
    },
  };
  let unwell: string[] = [];
  const start = () =>
    watchHealth({ folder: directory.path, version: '1.1.0', clock, unwell: (why) => void unwell.push(why) });

  beforeEach(() => {
    directory = tempDirectory('trial');
    unwell = [];
    due = null;
    writeMark(directory.path, {
      ...{ format: 1, state: 'installing', from: '1.0.0', to: '1.1.0', at: 1, starts: 0, kept: '/old' },
      ...{ keptSha512: 'x', schema: 10, trouble: null },
    });
  });
  afterEach(() => directory.remove());

  test('is healthy when its agent works and its window answers', () => {
    const health = start();
    health.agentWorks();
    health.agentWorks();
    expect(readMark(directory.path)).toMatchObject({ state: 'started', starts: 1 });
    health.windowAnswers();
    expect(readMark(directory.path)).toMatchObject({ state: 'healthy', starts: 0 });
    expect([due, health.onTrial(), unwell]).toEqual([null, null, []]);
  });

  test.each([
    ['agentWorks', 'Its window has not answered within a minute.'],
    ['windowAnswers', 'Its agent has not started within a minute.'],
  ] as const)('is not well when only %s within a minute', (what, why) => {
    start()[what]();
    due?.();
    expect(unwell).toEqual([why]);
  });

  test('is not well when it ended before it was healthy, unless it ended in good order', () => {
    start();
    start();
    expect(unwell).toEqual(['It ended before it was ready the last time it was started.']);
    const third = start();
    third.ends();
    unwell = [];
    start();
    expect(unwell).toEqual([]);
  });

  test('is none without a mark, or with one of another version', () => {
    writeMark(directory.path, { ...(readMark(directory.path) ?? expect.fail()), to: '2.0.0' });
    expect(start().onTrial()).toBe(null);
    expect(existsSync(join(directory.path, 'update.json'))).toBe(true);
  });
});
