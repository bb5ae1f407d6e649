import { builtinModules } from 'node:module';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { licensesAsset } from './build/licenses.ts';
import { quickjsAsset } from './build/quickjs-asset.ts';
import { windowsScripts } from './build/windows-scripts.ts';

/** The faces without a screen, for Node 24: `out/node/cli.js`; `trustkeep run` is the service. */
export default defineConfig({
  publicDir: false,
  define: { __SIGNED__: JSON.stringify(process.env.TRUSTKEEP_SIGNED ?? 'no') },
  ssr: { noExternal: true },
  plugins: [quickjsAsset(), licensesAsset(), windowsScripts()],
  build: {
    ssr: true,
    outDir: 'out/node',
    target: 'node24',
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { cli: resolve('electron/trustkeep.ts') },
      external: [
        ...builtinModules.flatMap((name) => [name, `node:${name}`]),
        'better-sqlite3',
        '@napi-rs/keyring',
        'ssh2',
        'koffi/indirect',
      ],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
