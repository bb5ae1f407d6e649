import type { Page } from 'playwright-core';
import { foundByAxe } from './axe.ts';

type View = [place: string, act?: (page: Page) => Promise<void>];

const press = (name: string) => (page: Page) => page.getByRole('button', { name }).first().click();
const firstRow = (page: Page) => page.locator('main [data-row-link]').first().click();

/** Every screen, and what opens over it. */
const views: readonly View[] = [
  ['overview'],
  ['overview', (page) => page.click('[data-bell]')],
  ['overview', (page) => page.keyboard.press('Control+k')],
  ['endpoints'],
  ['endpoints', press('Add endpoint')],
  ['endpoints', firstRow],
  ['certificates'],
  ['certificates', firstRow],
  ['certificates/orders'],
  ['tasks'],
  ['tasks', firstRow],
  ['approvals'],
  ['authorities'],
  ['authorities', press('Add authority')],
  ['credential-stores'],
  ['credential-stores', press('Add credential store')],
  ['credential-stores', firstRow],
  ['notifications'],
  ['audit'],
  ['audit', firstRow],
  ['proxy'],
  ['autoupdate'],
  ['settings'],
];

/** A person's colours, as the operating system tells them. */
const colours = {
  light: { colorScheme: 'light', forcedColors: 'none' },
  dark: { colorScheme: 'dark', forcedColors: 'none' },
  forced: { colorScheme: 'light', forcedColors: 'active' },
} as const;

/**
 * What axe finds serious or worse on any screen, in light, dark and forced colours: colours, screen, rule and element.
 * `seen` is told of each that is drawn.
 */
export async function troublesOfEveryScreen(
  page: Page,
  seen: (name: string) => Promise<unknown>,
): Promise<string[]> {
  const found: string[] = [];
  for (const [at, [place, act]] of views.entries()) {
    await page.evaluate((hash) => {
      window.location.hash = hash;
    }, `#/${place}`);
    await page.locator(`[data-screen=${place.split('/')[0]}] h1`).waitFor();
    await drawn(page);
    await act?.(page);
    for (const [mode, media] of Object.entries(colours)) {
      await page.emulateMedia(media);
      await drawn(page);
      await seen(`${mode}-${String(at).padStart(2, '0')}-${place.replace('/', '-')}`);
      for (const { rule, impact, html } of await foundByAxe(page, mode === 'light' ? 'all' : 'colours'))
        if (impact === 'serious' || impact === 'critical') found.push(`${mode} ${place}: ${rule} ${html}`);
    }
    await page.emulateMedia(colours.light);
    if (await page.getByRole('dialog').isVisible()) await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  }
  return found;
}

async function drawn(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('.fui-Skeleton') === null &&
      document.getAnimations().every(({ playState }) => playState !== 'running'),
  );
}
