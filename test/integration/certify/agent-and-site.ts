import { afterEach, beforeEach } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import type { Overrides } from '../../../electron/compose/overrides.ts';
import { type Site, startSite } from './site.ts';

/** What most tests of a certificate's way begin with, new for every test. */

export let dataDirectory: string;
export let site: Site;
/** Once it was started. */
export let agent: TestAgent;

/** Starts the agent of the test: for the first time, or again after `stop`. */
export async function start(overrides: Overrides = {}): Promise<void> {
  agent = await startAgent({ dataDirectory, overrides });
  running = agent;
}

let running: TestAgent | null = null;

/** Stops the agent as it is at its end, and keeps its data directory. */
export async function stop(): Promise<void> {
  await running?.close();
  running = null;
}

/** Every test has a site on a local nginx, and starts an agent when it wants to. All of it is gone afterwards. */
export function prepareSite(): void {
  let data: ReturnType<typeof tempDirectory>;
  beforeEach(async () => {
    data = tempDirectory('certify');
    dataDirectory = data.path;
    site = await startSite();
  });
  afterEach(async () => {
    await stop();
    await site.nginx.stop();
    data.remove();
  });
}
