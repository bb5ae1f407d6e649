import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Client, connectLocally } from '../../electron/transport/client.ts';
import { makeReleaseKey, startUpdateFeed } from '../servers/update-feed.ts';
import { type Desktop, electronForTests, type Launched, launchApp, startDesktop } from './electron.ts';
import { imageOf, makeVersion, putImage } from './two-versions.ts';

const electron = await electronForTests();
const key = makeReleaseKey();
const soon = { timeout: 60_000, interval: 100 };
/** More than two pieces of a download. */
const padding = Buffer.concat([
  Buffer.from('exit 1\n#'),
  Buffer.from(randomBytes(1_100_000).toString('hex')),
]);

describe.skipIf(electron === null)('autoupdate of an AppImage', () => {
  let feed: Awaited<ReturnType<typeof startUpdateFeed>>;
  let desktop: Desktop;
  let launched: Launched;
  let image = '';
  const images: Record<string, Buffer> = {};
  const mark = () => JSON.parse(readFileSync(join(launched.dataDirectory, 'updates/update.json'), 'utf8'));

  const launch = () =>
    launchApp({
      desktop,
      args: [`--e2e-update-key=${key.raw}`, '--e2e-answer=0'],
      async program(executable, account) {
        image = join(desktop.home, 'applications', 'Trustkeep.AppImage');
        if (!existsSync(image)) {
          for (const version of ['0.2.0', '0.3.0'])
            images[version] = imageOf(
              await makeVersion({ executable, version, broken: version === '0.3.0' }),
              padding,
            );
          await putImage(image, imageOf(executable, Buffer.from('\n')));
        }
        writeFileSync(join(dirname(image), 'driven'), '');
        if (account !== null)
          for (const path of [image, dirname(image), join(dirname(image), 'driven')])
            chownSync(path, account.uid, account.gid);
        return image;
      },
    });

  /** The agent that answers, which may be another process than before. */
  async function agentOf(version: string): Promise<Client> {
    return vi.waitFor(async () => {
      const found = await connectLocally(launched.dataDirectory, null);
      expect((await found?.agent.status({}))?.version).toBe(version);
      return found ?? expect.fail('no agent answers');
    }, soon);
  }
  const offer = (version: string, more: Partial<Parameters<typeof feed.offer>[0]> = {}) =>
    feed.offer({ version, content: images[version] ?? padding, key, ...more });
  const state = async (client: Client) => (await client.autoupdate.get({})).state;

  beforeAll(async () => {
    feed = await startUpdateFeed();
    desktop = await startDesktop();
    launched = await launch();
    const client = await agentOf('0.1.0');
    await client.autoupdate.disable({});
    await client.autoupdate.set({ feed: feed.url });
  });
  afterAll(async () => {
    const client = await connectLocally(launched.dataDirectory, null).catch(() => null);
    await client?.agent.stop({}).catch(() => {});
    await vi.waitFor(
      async () => expect(await connectLocally(launched.dataDirectory, null).catch(() => null)).toBe(null),
      soon,
    );
    await launched.stop();
    await desktop.stop();
    await feed.stop();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await launched.screenshot('autoupdate-failed').catch(() => {});
  });

  test('that is off makes no request, and a check by hand says that nothing is newer', async () => {
    const page = await launched.page();
    await passFirstStart(page);
    await page.click('nav >> text=Autoupdate');
    await page.waitForSelector('[data-update=disabled]');
    expect(feed.requests).toEqual([]);
    offer('0.1.0', { content: padding });
    await page.click('text=Check now');
    await page.waitForSelector('[data-update=up-to-date]');
    expect(await page.textContent('[data-update]')).toContain('by hand');
    expect(feed.requests).toEqual(['GET /releases/latest-linux.yml']);
  });

  test('refuses an older version, a staged one, a wrong key, a changed feed and what is no feed', async () => {
    const client = await agentOf('0.1.0');
    const page = await launched.page();
    offer('0.0.9');
    expect((await client.autoupdate.check({})).state).toBe('up-to-date');
    offer('0.2.0', { staging: 0 });
    expect((await client.autoupdate.check({})).state).toBe('up-to-date');
    offer('0.2.0', { key: makeReleaseKey() });
    await page.click('text=Check now');
    await page.waitForSelector('[data-failure="update.not-signed"]');
    offer('0.2.0', { forge: ({ files: [file] }) => Object.assign(file ?? {}, { size: 7 }) });
    await expect(client.autoupdate.check({})).rejects.toThrow(/does not have a valid signature/);
    feed.say('<html></html>');
    await expect(client.autoupdate.check({})).rejects.toThrow(/is not a feed of Trustkeep/);
  });

  test('refuses a file that is not the one that was signed', async () => {
    const client = await agentOf('0.1.0');
    const other = Buffer.from(images['0.2.0'] ?? padding);
    other[1_500_000] = (other[1_500_000] ?? 0) ^ 1;
    offer('0.2.0', { sends: other });
    await client.autoupdate.check({});
    await expect(client.autoupdate.install({})).rejects.toThrow(/is not the one that was signed/);
    expect(readFileSync(image, 'utf8')).not.toContain('0.2.0');
  });

  test('downloads on through a lost line, replaces the image, starts the new version, and that calls itself healthy', async () => {
    const client = await agentOf('0.1.0');
    const page = await launched.page();
    offer('0.2.0', { notes: 'What is new.' });
    const letGo = feed.holdFiles();
    await client.autoupdate.enable({});
    await client.autoupdate.check({});
    await page.waitForSelector('[data-update=downloading] [role=progressbar]');
    feed.loseLine(1);
    letGo();
    await page.waitForSelector('[data-update=ready]');
    await page.waitForSelector('[data-notes] >> text=What is new.');
    await page.click('text=Install and restart');
    await page.click('[role=alertdialog] >> text="Install"');
    const next = await agentOf('0.2.0');
    expect(readFileSync(image).equals(images['0.2.0'] ?? padding)).toBe(true);
    await expect.poll(() => mark().state, soon).toBe('healthy');
    expect(await next.autoupdate.get({})).toMatchObject({ version: '0.2.0', previous: { version: '0.1.0' } });
    await expect
      .poll(async () => (await next.notifications.list({})).map(({ title }) => title), soon)
      .toContain('Trustkeep was updated');
  });

  test('goes back on its own offer when the new version does not become healthy, and does not install that again', async () => {
    const client = await agentOf('0.2.0');
    offer('0.3.0');
    await client.autoupdate.check({});
    await expect.poll(() => state(client), soon).toBe('ready');
    await client.autoupdate.install({});
    await expect.poll(() => mark().from, soon).toBe('0.3.0');
    const back = await agentOf('0.2.0');
    expect(readFileSync(image).equals(images['0.2.0'] ?? padding)).toBe(true);
    await expect.poll(() => mark(), soon).toMatchObject({ to: '0.2.0', state: 'healthy' });
    await back.autoupdate.check({});
    expect(await state(back)).toBe('available');
    await expect
      .poll(async () => (await back.notifications.list({})).map(({ title }) => title), soon)
      .toContain('Trustkeep went back');
  });
});

/** What a new data directory asks first. */
async function passFirstStart(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Show recovery key' }).click();
  await page.getByRole('checkbox', { name: 'I have saved it' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
}
