import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LaunchOptions } from 'playwright-core';
import { type BuildOptions, build, preview } from 'vite';

const config = resolve(import.meta.dirname, 'window/vite.config.ts');

export interface PageServer {
  /** Address of the page, without its scene. */
  base: string;
  close(): Promise<void>;
}

/** Builds the window with the fake agent behind its port and serves it under the desktop's content security policy. */
export async function servePage(): Promise<PageServer> {
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-page-')); // its own: others build at the same moment
  const into = { outDir: directory, emptyOutDir: false };
  await buildForRelease(into);
  const server = await preview({ configFile: config, build: into, preview: { port: 0, strictPort: false } });
  const base = server.resolvedUrls?.local[0];
  if (base === undefined) throw new Error('the page server has no address');
  return {
    base: `${base}test/e2e/window/`,
    async close() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The test runner sets NODE_ENV, which would make it a build for developers: other code and several times slower. */
async function buildForRelease(options: BuildOptions): Promise<void> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await build({ configFile: config, build: options });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}

/** The Chromium of the system that has no windows of its own: it draws with two thirds of the processor time of the other. */
export const browserOptions: LaunchOptions = {
  executablePath: '/usr/bin/chromium-headless-shell',
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
};
