import { type BrowserServer, chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { have } from '../servers/available.ts';
import { browserOptions, type PageServer, servePage } from './window-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the window is served, and where the browser that shows it is reached; null: there is no browser here. */
    window: { base: string; browser: string } | null;
  }
}

/** One build of the window, one server and one browser for all files of the project. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (!have('chromium-headless-shell')) {
    project.provide('window', null);
    return async () => {};
  }
  const [server, browser]: [PageServer, BrowserServer] = await Promise.all([
    servePage(),
    chromium.launchServer(browserOptions),
  ]);
  project.provide('window', { base: server.base, browser: browser.wsEndpoint() });
  return async () => {
    await browser.close();
    await server.close();
  };
}
