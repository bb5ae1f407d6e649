import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';

/** Exports the list as this item of the menu says; the name it is offered under, and what is in it. */
export async function saved(page: Page, item: string): Promise<{ name: string; text: string }> {
  await page.click('role=button[name=Export]');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.click(`role=menuitem[name="${item}"]`),
  ]);
  const path = join(mkdtempSync(join(tmpdir(), 'trustkeep-saved-')), 'file');
  await download.saveAs(path);
  try {
    return { name: download.suggestedFilename(), text: readFileSync(path, 'utf8') };
  } finally {
    rmSync(dirname(path), { recursive: true });
  }
}

interface Seen {
  /** Frames in which no row was in sight. */
  empty: number;
  /** Rows that were drawn in one of the frames. */
  mostRows: number;
  /** Milliseconds of the longest task meanwhile. */
  longest: number;
}

/** Scrolls from the first row to the last in so many frames, with whole screens between them. */
export function scrollThrough(page: Page, frames: number): Promise<Seen> {
  return page.evaluate(async (steps) => {
    const tasks: number[] = [];
    const observer = new PerformanceObserver((heard) =>
      tasks.push(...heard.getEntries().map(({ duration }) => duration)),
    );
    observer.observe({ entryTypes: ['longtask'] });
    const scroller = document.querySelector('main section');
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    let [empty, mostRows] = [0, 0];
    for (let step = 0; scroller !== null && step <= steps; step += 1) {
      scroller.scrollTop = ((scroller.scrollHeight - scroller.clientHeight) * step) / steps;
      await frame();
      await frame();
      const { top, bottom } = scroller.getBoundingClientRect();
      const lines = [...document.querySelectorAll('[data-line]')].map((line) => line.getBoundingClientRect());
      if (!lines.some((line) => line.bottom > top + 40 && line.top < bottom)) empty += 1;
      mostRows = Math.max(mostRows, lines.length);
    }
    await frame();
    observer.disconnect();
    return { empty, mostRows, longest: Math.max(0, ...tasks) };
  }, frames);
}
