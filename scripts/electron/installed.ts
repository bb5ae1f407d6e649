import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FoundElectron {
  executable: string;
  /** The folder of its distribution. */
  directory: string;
  /** `stand-in`: a real Electron too, but an older one out of another package, for tests only. */
  kind: 'installed' | 'stand-in';
  version: string;
}

/**
 * The Electron the project depends on, when its binary is there. Looks without importing the package, which would
 * start to download one.
 */
export function installedElectron(root: string): FoundElectron | null {
  const module = join(root, 'node_modules', 'electron');
  const directory = process.env.ELECTRON_OVERRIDE_DIST_PATH || join(module, 'dist');
  const executable = join(directory, read(join(module, 'path.txt')) ?? usualName());
  if (!existsSync(executable)) return null;
  const version = read(join(directory, 'version'))?.replace(/^v/, '') ?? 'unknown';
  return { executable, directory, kind: 'installed', version };
}

function read(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}

function usualName(): string {
  if (process.platform === 'darwin') return 'Electron.app/Contents/MacOS/Electron';
  return process.platform === 'win32' ? 'electron.exe' : 'electron';
}
