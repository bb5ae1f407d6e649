import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { openBrowser, type PageServer, servePage } from './window-server.ts';

export const sizes = [
  { width: 1180, height: 760 },
  { width: 900, height: 600 },
] as const;

const pictures = resolve(import.meta.dirname, '../../test-results/window-pictures');

export interface Opened {
  page: Page;
  /** Console errors, uncaught errors and violations of the content security policy. */
  troubles: string[];
  close(): Promise<void>;
}

export interface Wish {
  scene?: string;
  place?: string;
  size?: { width: number; height: number };
  colours?: 'light' | 'dark';
}

export interface PageHarness {
  open(wish?: Wish): Promise<Opened>;
  /** Inputs of the changing commands the agent got. */
  calls(page: Page): Promise<Array<{ command: string; input: Record<string, unknown> }>>;
  /** Keeps a picture; expects no trouble, nothing wider than its box, and a name for every control. */
  inspect(opened: Opened, picture: string): Promise<void>;
}

/** The window of the fake agent in a browser, for the suite that calls this. */
export function pageHarness(): PageHarness {
  let server: PageServer;
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    [server, browser] = await Promise.all([servePage(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    async open({ scene = 'rich', place = 'overview', size = sizes[0], colours = 'light' } = {}) {
      const context: BrowserContext = await browser.newContext({ viewport: size, colorScheme: colours });
      const page = await context.newPage();
      const troubles = await listen(page);
      await page.goto(server.at(scene, place));
      await page.waitForSelector('h1');
      return { page, troubles, close: () => context.close() };
    },
    calls: (page) =>
      page.evaluate('trustkeepFake.calls') as Promise<
        Array<{ command: string; input: Record<string, unknown> }>
      >,
    async inspect({ page, troubles }, picture) {
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(250); // drawers and dialogs come in by moving
      await page.screenshot({ path: resolve(pictures, `${picture}.png`) });
      expect(troubles).toEqual([]);
      expect(await tooWide(page)).toEqual([]);
      expect(await nameless(page)).toEqual([]);
    },
  };
}

async function listen(page: Page): Promise<string[]> {
  const troubles: string[] = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('pageerror', (error) => troubles.push(error.message));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
  return troubles;
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
