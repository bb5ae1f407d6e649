import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { pageHarness } from './page-harness.ts';

describe.runIf(have('chromium-headless-shell'))('a list that is longer than what is read of it', () => {
  const { open, inspect } = pageHarness();

  it.each([
    ['tasks', 'Tasks'],
    ['certificates/orders', 'Orders'],
  ])('says so in %s, and shows the older ones when they are asked for', async (place, label) => {
    const opened = await open({ scene: 'many-tasks', place });
    const { page } = opened;
    const list = page.locator(`table[aria-label=${label}]`);
    const older = page.locator('[data-older]');
    await older.locator('text=The newest 1,000 are listed, and only they are searched.').waitFor();
    expect(await list.getAttribute('aria-rowcount')).toBe('1001');
    await older.getByRole('button', { name: 'Load older entries' }).click();
    await older.waitFor({ state: 'detached' });
    expect(await list.getAttribute('aria-rowcount')).toBe('1501');
    await inspect(opened, `older-${label}`);
  });
});
