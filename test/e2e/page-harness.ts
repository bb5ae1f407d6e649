import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { foundByAxe } from './axe.ts';

export const sizes = [
  { width: 1180, height: 760 },
  { width: 900, height: 600 },
] as const;

/** Pictures are for people: `PICTURES=1`. */
const wanted = process.env.PICTURES === '1';
const pictures = resolve(import.meta.dirname, '../../test-results/window-pictures');

export interface Opened {
  page: Page;
  /** Console errors, uncaught errors and violations of the content security policy. */
  troubles: string[];
}

interface Size {
  width: number;
  height: number;
}

interface OpenRequest {
  scene?: string;
  place?: string;
  size?: Size;
  colours?: 'light' | 'dark';
}

interface PageHarness {
  /** Loads the page anew, with nothing left of what was opened before. */
  open(request?: OpenRequest): Promise<Opened>;
  /** The same window in another size or colours. */
  resize(opened: Opened, size: Size, colours?: OpenRequest['colours']): Promise<void>;
  /** Inputs of the changing commands the agent got. */
  calls(page: Page): Promise<Array<{ command: string; input: Record<string, unknown> }>>;
  /** Waits until the window has asked this once more than it has by now; `first` is what makes it ask. */
  asksAgain(page: Page, question: string, first: () => Promise<unknown>): Promise<void>;
  /** What was done last has had its effect: the window draws nothing more and nothing in it moves. */
  settled(page: Page): Promise<void>;
  /** Waits until a dialog with this button holds the keyboard, a moment after it is drawn: a key pressed before goes elsewhere. */
  holdsKeyboard(page: Page, button: string): Promise<void>;
  /** What axe finds wrong for who does not see, or uses no mouse: rule and element. */
  axe(page: Page): Promise<string[]>;
  /** Keeps a picture; expects no trouble, nothing wider than its box, and a name for every control. */
  inspect(opened: Opened, picture: string): Promise<void>;
}

/**
 * The window of the fake agent in the browser of the project (page-setup.ts), for the suite that calls this. One page is
 * loaded again and again: what it keeps of the scripts makes a load three times as quick as in a new one.
 */
export function pageHarness(): PageHarness {
  let browser: Browser;
  let base = '';
  let page: Page;
  let troubles: string[] = [];
  let loads = 0; // in its address, or another place in the same scene would be no load at all
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    const given = inject('window');
    if (given === null) throw new Error('there is no browser to show the window in');
    browser = await chromium.connect(given.browser);
    base = given.base;
    page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    await listen(page, (trouble) => troubles.push(trouble));
  });
  afterAll(async () => {
    await browser?.close(); // leaves it: what closes is what this file opened in it
  });
  return {
    async open({ scene = 'rich', place = 'overview', size = sizes[0], colours = 'light' } = {}) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
      troubles = [];
      loads += 1;
      await page.goto(`${base}?scene=${scene}&load=${loads}#/${place}`, { waitUntil: 'commit' });
      await page.waitForSelector('h1');
      return { page, troubles };
    },
    async resize({ page }, size, colours = 'light') {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: colours, reducedMotion: 'reduce' });
    },
    calls: (page) =>
      page.evaluate('trustkeepFake.calls') as Promise<
        Array<{ command: string; input: Record<string, unknown> }>
      >,
    async asksAgain(page, question, first) {
      const before = await timesAsked(page, question);
      await first();
      await expect.poll(() => timesAsked(page, question)).toBeGreaterThan(before);
    },
    settled: still,
    holdsKeyboard,
    async axe(page) {
      await still(page);
      return (await foundByAxe(page)).map(({ rule, html }) => `${rule}: ${html}`);
    },
    async inspect({ page, troubles }, picture) {
      await still(page);
      if (wanted) await page.screenshot({ path: resolve(pictures, `${picture}.png`) });
      expect(troubles).toEqual([]);
      expect(await tooWide(page)).toEqual([]);
      expect(await nameless(page)).toEqual([]);
    },
  };
}

const timesAsked = (page: Page, question: string): Promise<number> =>
  page.evaluate(`trustkeepFake.asked.filter((one) => one === '${question}').length`);

async function listen(page: Page, tell: (trouble: string) => void): Promise<void> {
  page.on('console', (message) => message.type() === 'error' && tell(message.text()));
  page.on('pageerror', (error) => tell(error.message));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
}

/** Everything asked for is there, and what comes in by moving has come. */
async function still(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 2; frame++) await new Promise((done) => requestAnimationFrame(done));
  });
  await page.waitForFunction(
    () =>
      document.querySelector('h1') !== null &&
      document.querySelector('.fui-Skeleton') === null &&
      document
        .getAnimations()
        .every((one) => one.playState !== 'running' || one.effect?.getComputedTiming().endTime === Infinity),
  );
}

async function holdsKeyboard(page: Page, button: string): Promise<void> {
  await page.waitForFunction((name) => {
    const dialog = document.activeElement?.closest('[role=dialog], [role=alertdialog]');
    return [...(dialog?.querySelectorAll('button') ?? [])].some(({ textContent }) => textContent === name);
  }, button);
  await still(page);
}

/** What sticks out of its box sideways and could not be read without scrolling sideways. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'body, main, section, table, [role=dialog], nav, header, .fui-Field, dd, td, th:not(:last-child)',
      ),
    ]
      .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
      .map((one) => `${one.tagName} ${one.className} ${one.scrollWidth} > ${one.clientWidth}`),
  );
}

/** Controls that a screen reader could only call "button". */
function nameless(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a[href], input:not([type=file]), select, textarea')]
      .filter((one) => {
        const named = one.getAttribute('aria-label') ?? one.getAttribute('aria-labelledby') ?? '';
        const labels = (one as HTMLInputElement).labels?.length ?? 0;
        return (
          named === '' &&
          labels === 0 &&
          (one.textContent ?? '').trim() === '' &&
          !one.closest('[aria-hidden=true]')
        );
      })
      .map((one) => one.outerHTML.slice(0, 120)),
  );
}
