import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { silentLog } from '#kit/log.ts';
import { openDatabase } from '../../electron/database/open.ts';
import { aCertificate } from '../make/certificate-rows.ts';
import { readySealer } from '../make/database.ts';
import { electronForTests, type Launched, launchApp, startDesktop } from './electron.ts';
import { scrollThrough } from './page-lists.ts';

// As many as a page of the tests is asked to draw, here from a real database by a real agent, in the real application.
const electron = await electronForTests();
const count = 100_000;
const patient = { timeout: 60_000 };

describe.skipIf(electron === null)('a hundred thousand certificates', () => {
  let app: Launched;
  let page: Page;

  beforeAll(async () => {
    const desktop = await startDesktop();
    const dataDirectory = join(desktop.home, 'trustkeep-data');
    fill(dataDirectory);
    app = await launchApp({ desktop, dataDirectory });
    page = await app.page();
    page.setDefaultTimeout(patient.timeout);
    await page.getByRole('button', { name: 'Show recovery key' }).waitFor();
    await page.getByRole('button', { name: 'Not now' }).click();
  });
  afterAll(async () => {
    await app?.stop();
    await app?.desktop.stop();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await app.screenshot('hundred-thousand-failed');
  });

  function fill(dataDirectory: string): void {
    const database = openDatabase({
      path: join(dataDirectory, 'trustkeep.db'),
      clock: systemClock,
      log: silentLog,
      sealer: readySealer(),
    });
    database.transaction(() => {
      for (let at = 0; at < count; at++)
        database.certificates.upsert(aCertificate(`host-${String(at).padStart(5, '0')}.example`));
    });
    database.close();
  }

  test('are listed by the real agent, drawn as far as they are in sight, and found', async () => {
    await page.getByRole('navigation').getByText('Certificates', { exact: true }).click();
    await page.locator('[data-row-link]').first().waitFor();
    const list = 'table[aria-label=Certificates]';
    expect(await page.getAttribute(list, 'aria-rowcount')).toBe(String(count + 1));
    const seen = await scrollThrough(page, 60);
    expect(seen.empty).toBe(0);
    expect(seen.mostRows).toBeLessThan(60);
    await page.fill('[aria-label="Search certificates"]', 'host-09999');
    await page.getByText('1 of 100,000').waitFor();
    expect(await page.locator('[data-row-link]').allInnerTexts()).toEqual(['host-09999.example']);
  });
});
