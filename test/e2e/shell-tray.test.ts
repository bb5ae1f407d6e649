import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Desktop, electronForTests, type Launched, launchApp, startDesktop } from './electron.ts';
import {
  agentIsThere,
  answersQuit,
  askedToQuit,
  emit,
  history,
  notice,
  soon,
  success,
  textInPage,
} from './shell-harness.ts';

const electron = await electronForTests();

describe.skipIf(electron === null)('tray and notifications', () => {
  let desktop: Desktop;
  let launched: Launched;
  beforeAll(async () => {
    desktop = await startDesktop();
    launched = await launchApp({ flavour: 'e2e-shell', desktop, args: ['--hidden'] });
    await agentIsThere(launched);
  });
  afterAll(async () => {
    await launched?.stop().finally(() => desktop.stop());
  });

  test('tells several successes within a time in one quiet notification', async () => {
    const before = (await desktop.notifications()).length;
    for (const name of ['web1', 'web2', 'web3', 'web4'])
      await emit(launched, success({ id: `ntf_${name}`, taskId: `task_${name}`, title: `Done: ${name}` }));
    await expect.poll(async () => (await desktop.notifications()).length, soon).toBe(before + 1);
    expect((await desktop.notifications()).at(-1)).toMatchObject({
      title: '4 tasks succeeded',
      body: 'web1, web2, web3 and 1 more.',
      urgency: 1,
    });
  });

  test('closes what it showed of a task when there is news of it', async () => {
    await emit(launched, notice({ id: 'ntf_2' }));
    await expect.poll(async () => (await desktop.notifications()).at(-1)?.title, soon).toContain('Approval');
    const { id } = (await desktop.notifications()).at(-1) ?? { id: 0 };
    await emit(launched, notice({ id: 'ntf_3', kind: 'failed', level: 'danger', title: 'Failed: www' }));
    await expect.poll(() => desktop.closed(), soon).toContain(id);
    await expect
      .poll(async () => (await desktop.notifications()).at(-1), soon)
      .toMatchObject({ title: 'Failed: www', urgency: 2 });
  });

  test('pauses automatic work from the tray, says so there, and resumes', async () => {
    await desktop.choose('Pause for 1 hour');
    await expect.poll(async () => (await desktop.tray())?.tooltip, soon).toMatch(/^Paused until /);
    const lines = async () => (await desktop.tray())?.menu.map(({ label }) => label).join('\n');
    expect(await lines()).not.toContain('Pause for');
    await desktop.choose('Resume (paused until');
    await expect.poll(lines, soon).toContain('Pause until tomorrow');
    await desktop.choose('Pause until tomorrow');
    await expect.poll(lines, soon).toContain('Resume');
    await desktop.choose('Resume');
    expect((await history(launched)).filter((one) => /pause|resume/.test(one))).toEqual([
      'pause',
      'resume',
      'pause until tomorrow',
      'resume',
    ]);
  });

  test('checks for updates, and opens where it is said what came of it', async () => {
    await desktop.choose('Check for updates');
    await expect.poll(() => history(launched), soon).toContain('check for updates');
    await expect.poll(() => textInPage(launched, 'place'), soon).toBe('#/autoupdate');
  });

  test('asks before it quits while something is worked on, names it, and waits for it', async () => {
    const child = launched.app.process();
    await answersQuit(launched, ['Certificate for web1/shop'], 2);
    await desktop.choose('Quit');
    await expect
      .poll(() => askedToQuit(launched), soon)
      .toEqual(['Trustkeep is working on Certificate for web1/shop.']);
    expect(await history(launched)).not.toContain('stop');
    expect(child.exitCode).toBeNull();
    await answersQuit(launched, [], 2);
  });
});
