import { describe, expect, it } from 'vitest';
import { have } from '../servers/available.ts';
import { type Opened, pageHarness, sizes } from './page-harness.ts';
import { type Opening, openings } from './page-openings.ts';
import { inTheDark, storeOpenings } from './page-store-openings.ts';

/** One of each kind: a list, a form, a panel, a plan, a gate. */
const askedOfAxe = [
  ...['overview', 'endpoint', 'node', 'add-endpoint-ssh', 'certificate', 'task-failed', 'approval'],
  ...['audit', 'settings', 'locked', 'first-start', 'store-vault-settings', 'notifications-panel'],
];

describe.runIf(have('chromium-headless-shell'))(
  'the window in a browser, with an agent behind a real port',
  () => {
    const { open, resize, inspect, axe } = pageHarness();
    /** What is on the screen, and whether anything was done there. */
    let last: (Opened & { scene: string; touched: boolean }) | null = null;

    /** A window that nobody touched is used again: only its place changes. */
    async function at([, place, scene, act]: Opening): Promise<Opened> {
      const touched = act !== undefined;
      if (last === null || last.scene !== scene || last.touched)
        last = { ...(await open({ scene, place })), scene, touched };
      else {
        await last.page.evaluate((hash) => {
          window.location.hash = hash;
        }, `#/${place}`);
        await last.page.waitForSelector(`[data-screen=${place.split('/')[0]}] h1`);
        last.touched = touched;
      }
      await act?.(last.page);
      return last;
    }

    for (const opening of [...openings, ...storeOpenings])
      describe(`draws ${opening[0]} without trouble, within its width and with a name for every control`, () => {
        let opened: Opened | null = null;
        for (const size of sizes)
          it(`at ${size.width} × ${size.height}`, async () => {
            opened ??= await at(opening);
            await resize(opened, size);
            await inspect(opened, `${opening[0]}-${size.width}`);
          });
        if (askedOfAxe.includes(opening[0]))
          it('so that axe finds nothing', async () => {
            opened ??= await at(opening);
            expect(await axe(opened.page)).toEqual([]);
          });
        if (!inTheDark.includes(opening[0])) return;
        it('in the dark, at 1024 × 700', async () => {
          opened ??= await at(opening);
          await resize(opened, { width: 1024, height: 700 }, 'dark');
          await inspect(opened, `${opening[0]}-dark`);
        });
      });
  },
);
