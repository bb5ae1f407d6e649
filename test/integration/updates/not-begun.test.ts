import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import { tempDirectory } from '#test/make/directory.ts';
import { makeReleaseKey } from '#test/servers/update-feed.ts';
import { readsOfMark } from '../../../electron/agent/updates/aftermath.ts';
import { makeUpdater } from '../../../electron/shell/updater/updater.ts';
import { readMark } from '../../../electron/updates/mark.ts';
import { signStatement } from '../../../scripts/release/feed.ts';

/** What becomes of the program that ended for an installer, which would have started the new version. */
test.each([
  ['starts', null, []],
  [
    'cannot be started',
    new Failure('update.not-writable', 'Windows did not start it.'),
    [['--log-level=debug']],
  ],
] as const)(
  'when the installer %s, the version that is in place then is started by one of the two',
  async (_what, refusal, starts) => {
    const directory = tempDirectory('not-begun');
    const key = makeReleaseKey();
    const file = join(directory.path, 'setup.exe');
    writeFileSync(file, 'an installer');
    const sha512 = createHash('sha512').update('an installer').digest('base64');
    const statement = {
      ...{
        version: '1.1.0',
        channel: 'latest',
        platform: 'win32',
        arch: 'x64',
        name: 'setup.exe',
        size: 12,
        sha512,
      },
    };
    const started: unknown[] = [];
    const updater = makeUpdater({
      app: { quit() {}, relaunch: (how) => void started.push(how?.args) },
      installer: {
        refuse() {},
        keep: async () => null,
        install: async () => {
          if (refusal !== null) throw refusal;
        },
        putBack: async () => {},
        relaunch: null,
      },
      ...{ folder: directory.path, version: '1.0.0', keys: [key.raw] },
      ...{ argv: ['trustkeep', '--log-level=debug'], clock: systemClock, log: silentLog },
      schema: async () => 10,
      stageDatabase: async () => {},
    });
    await updater.install({ file, statement, signatures: [signStatement(statement, key.privateKey)] });
    await updater.finish();
    expect(started).toEqual(starts);
    const { notTaken } = readsOfMark(readMark(directory.path), '1.0.0');
    expect(notTaken?.message).toBe(
      refusal?.message ?? 'The installer of Trustkeep 1.1.0 ran, and version 1.0.0 is still in use.',
    );
    directory.remove();
  },
);
