import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import { licensesAsset } from './build/licenses.ts';
import { quickjsAsset } from './build/quickjs-asset.ts';
import { windowsScripts } from './build/windows-scripts.ts';

/**
 * The flavours, by mode: `electron-vite build` makes the release, `--mode e2e` the same for tests to drive; `e2e-shell`
 * and `release-shell` are the shell alone, around a page and an agent of the tests. Modules that are native or have
 * native parts stay in `node_modules`; everything else is bundled and split by dynamic import.
 */
export default defineConfig(({ mode }) => {
  const shellOnly = mode.endsWith('-shell');
  const page = shellOnly ? 'test/e2e/page' : 'renderer';
  return {
    main: {
      define: {
        __E2E__: JSON.stringify(mode.startsWith('e2e')),
        __SIGNED__: JSON.stringify(process.env.TRUSTKEEP_SIGNED ?? 'no'),
      },
      plugins: [licensesAsset(), windowsScripts(), shellOnly ? standInAgent() : quickjsAsset()],
      build: {
        rolldownOptions: {
          input: { main: resolve('electron/main.ts') },
          output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
    },
    preload: {
      build: {
        externalizeDeps: false, // a sandboxed preload can load nothing: one CommonJS file
        rolldownOptions: {
          input: { preload: resolve('electron/preload/preload.ts') },
          output: { format: 'cjs', entryFileNames: '[name].cjs' },
        },
      },
    },
    renderer: {
      root: page,
      plugins: [react(), licensesAsset()],
      build: {
        minify: true,
        rolldownOptions: {
          input: resolve(page, 'index.html'),
          output: { strictExecutionOrder: true }, // what the page imports first (no-eval) must run first
        },
      },
    },
  };
});

/** Tests of the shell need an agent that says what they want it to say. */
function standInAgent(): Plugin {
  return {
    name: 'stand-in-agent',
    enforce: 'pre',
    resolveId: (source) => (source === './compose.ts' ? resolve('test/e2e/stand-in-agent.ts') : null),
  };
}
