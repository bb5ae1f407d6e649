import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Client, connectLocally } from '../../electron/transport/client.ts';
import { buildPackages } from '../../scripts/package/builder.ts';
import { normalAccount, runAs } from '../servers/account.ts';
import { writeAppImageRuntime } from '../servers/appimage-runtime.ts';
import { have } from '../servers/available.ts';
import { end, endWithUs } from '../servers/display.ts';
import { makeReleaseKey, startUpdateFeed } from '../servers/update-feed.ts';
import { type Desktop, electronForTests, startDesktop } from './electron.ts';
import { onlyFile, stageVersion, thisVersion } from './packaged.ts';

// AppImages as electron-builder makes them, a file system behind a runtime: started, and replaced by the next version.
const electron = process.platform === 'linux' ? await electronForTests() : null;
const account = normalAccount();
const target = { system: 'linux', arch: 'x64' } as const;
const soon = { timeout: 120_000, interval: 200 };
const next = '0.1.99';
const key = makeReleaseKey();
const tools = have('mksquashfs') && have('unsquashfs') && have('desktop-file-validate');

describe.skipIf(electron === null || !tools)('an AppImage', () => {
  let folder: string;
  let desktop: Desktop;
  let feed: Awaited<ReturnType<typeof startUpdateFeed>>;
  let image: string;
  let newer: Buffer;
  let data: string;
  let child: ChildProcess;
  let restarted = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trustkeep-appimage-'));
    const runtime = join(folder, 'runtime');
    writeAppImageRuntime(runtime);
    process.env.TRUSTKEEP_APPIMAGE_RUNTIME = runtime;
    desktop = await startDesktop();
    feed = await startUpdateFeed();
    const applications = join(desktop.home, 'applications');
    [image, data] = [join(applications, 'Trustkeep.AppImage'), join(desktop.home, 'trustkeep-data')];
    mkdirSync(applications);
    mkdirSync(data, { mode: 0o700 });
    copyFileSync(await imageOf(thisVersion), image);
    newer = readFileSync(await imageOf(next));
    if (account !== null)
      for (const path of [applications, image, data]) chownSync(path, account.uid, account.gid);
  }, 600_000);

  afterAll(async () => {
    delete process.env.TRUSTKEEP_APPIMAGE_RUNTIME;
    const client = await connectLocally(data, null).catch(() => null);
    await client?.agent.stop({}).catch(() => {});
    await vi.waitFor(async () => expect(await connectLocally(data, null).catch(() => null)).toBe(null), soon);
    if (child !== undefined) await end(child);
    await feed?.stop();
    await desktop?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function imageOf(version: string): Promise<string> {
    if (electron === null) throw new Error('there is no Electron here');
    const project = join(folder, version);
    await stageVersion(electron, version, project, 'e2e');
    const kinds = ['AppImage'];
    const dist = await buildPackages({ target, kinds, folder: project, electron, compression: 'store' });
    return onlyFile(dist, '.AppImage');
  }

  /** As a person starts it: by its file, with Chromium's sandbox. */
  function start(): void {
    const words = [`--data-directory=${data}`, '--disable-gpu', `--e2e-update-key=${key.raw}`];
    const [program = '', ...rest] = runAs(account, [image, ...words, '--e2e-answer=0']);
    child = spawn(program, rest, { env: desktop.env, cwd: desktop.home, stdio: 'ignore' });
    endWithUs(child);
  }

  async function agentOf(version: string): Promise<Client> {
    return vi.waitFor(async () => {
      const found = await connectLocally(data, null);
      const status = await found?.agent.status({});
      expect(status?.version).toBe(version);
      restarted = status?.pid ?? 0;
      return found ?? expect.fail('no agent answers');
    }, soon);
  }

  test('starts by its own file, in the sandbox, and says what it is', async () => {
    start();
    const client = await agentOf(thisVersion);
    expect((await client.autoupdate.get({})).package).toBe('appimage');
    expect(readFileSync(join(data, 'desktop/logs/trustkeep.log'), 'utf8')).not.toContain(
      'without the sandbox',
    );
  });

  test('is replaced by the next version, which starts from the new file and calls itself healthy', async () => {
    const client = await agentOf(thisVersion);
    const before = restarted;
    feed.offer({ version: next, content: newer, key });
    await client.autoupdate.disable({});
    await client.autoupdate.set({ feed: feed.url });
    await client.autoupdate.enable({});
    await client.autoupdate.check({});
    await expect.poll(async () => (await client.autoupdate.get({})).state, soon).toBe('ready');
    await client.autoupdate.install({});
    const updated = await agentOf(next);
    expect(restarted).not.toBe(before);
    expect(readFileSync(image).equals(newer)).toBe(true);
    expect(existsSync(join(image, '..', '.trustkeep-previous.AppImage'))).toBe(true);
    const mark = () => JSON.parse(readFileSync(join(data, 'updates/update.json'), 'utf8')).state;
    await expect.poll(mark, soon).toBe('healthy');
    expect(await updated.autoupdate.get({})).toMatchObject({
      version: next,
      previous: { version: thisVersion },
    });
  }, 300_000);
});
