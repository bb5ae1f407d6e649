import { afterEach, beforeEach } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import type { Overrides } from '../../../electron/compose.ts';
import { type Site, startSite } from './site.ts';

let data: ReturnType<typeof tempDirectory>;
export let site: Site;
export let agent: TestAgent;
export const start = async (overrides: Overrides = {}) => {
  agent = await startAgent({ dataDirectory: data.path, overrides });
};

/** Every test starts with a site on a local nginx and no agent. */
export function prepareFailingSite(): void {
  beforeEach(async () => {
    data = tempDirectory('certify-failures');
    site = await startSite();
  });
  afterEach(async () => {
    await agent.close();
    await site.nginx.stop();
    data.remove();
  });
}
