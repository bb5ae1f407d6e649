import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { QuickJSOptions } from 'quickjs-wasi';

/** The runtime has it, its types come with those of browsers only. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<CompiledWasm> };
type CompiledWasm = NonNullable<QuickJSOptions['wasm']>;

let compiled: Promise<CompiledWasm> | null = null;

/** The script engine of PAC files, compiled once. A build lays its file beside our own (`build/quickjs-asset.ts`). */
export function quickjsWasm(): Promise<CompiledWasm> {
  compiled ??= readFile(place()).then((bytes) => WebAssembly.compile(bytes));
  return compiled;
}

function place(): string {
  const beside = fileURLToPath(new URL('./quickjs.wasm', import.meta.url));
  if (existsSync(beside)) return beside;
  return createRequire(import.meta.url)
    .resolve('quickjs-wasi/package.json')
    .replace(/package\.json$/, 'quickjs.wasm');
}
