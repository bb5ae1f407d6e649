import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FoundElectron, installedElectron } from './installed.ts';
import { root } from './paths.ts';

const longestAnswer = 15_000;

/**
 * Fetches the binary of the installed `electron` package with the package's own script. Asks first whether the place
 * answers at all: behind a closed network the script would try for minutes. Null when it cannot be had.
 */
export async function downloadElectron(say: (line: string) => void): Promise<FoundElectron | null> {
  const module = join(root, 'node_modules', 'electron');
  const { version } = JSON.parse(readFileSync(join(module, 'package.json'), 'utf8'));
  if (!(await answers(version))) return null;
  say(`Fetching Electron ${version} (once, about 110 MB)…`);
  const child = spawn(process.execPath, [join(module, 'install.js')], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  await once(child, 'exit');
  return installedElectron(root);
}

async function answers(version: string): Promise<boolean> {
  const mirror = process.env.ELECTRON_MIRROR || process.env.npm_config_electron_mirror;
  const base = mirror || 'https://github.com/electron/electron/releases/download/';
  const file = `v${version}/electron-v${version}-${process.platform}-${process.arch}.zip`;
  try {
    const signal = AbortSignal.timeout(longestAnswer);
    const { status } = await fetch(new URL(file, base), { method: 'HEAD', redirect: 'manual', signal });
    return status < 400;
  } catch {
    return false;
  }
}
