import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for one test; `remove` takes it away. */
export function tempDirectory(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `trustkeep-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
