import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/** Lays the engine of PAC files beside the chunk that loads it (`electron/net/proxy/quickjs-wasm.ts`). */
export function quickjsAsset(): Plugin {
  return {
    name: 'quickjs-asset',
    generateBundle() {
      const about = createRequire(import.meta.url).resolve('quickjs-wasi/package.json');
      this.emitFile({
        type: 'asset',
        fileName: 'chunks/quickjs.wasm',
        source: readFileSync(about.replace(/package\.json$/, 'quickjs.wasm')),
      });
    },
  };
}
