import { join } from 'node:path';
import { type FoundElectron, installedElectron } from './electron/installed.ts';
import { root } from './electron/paths.ts';
import { standIn, standInVersion } from './electron/stand-in.ts';

export { prepareApp } from './electron/prepare-app.ts';
export type { FoundElectron };

/**
 * A real Electron for the tests: the installed one, else one that the npm registry has inside another product's
 * package. Null where there is neither (the stand-in is for Linux on x64 only). Safe in several processes at once.
 */
export async function findElectron(say: (line: string) => void = () => {}): Promise<FoundElectron | null> {
  const installed = installedElectron(root);
  if (installed !== null) return installed;
  const directory = await standIn(say);
  if (directory === null) return null;
  return { executable: join(directory, 'electron'), directory, kind: 'stand-in', version: standInVersion };
}

if (import.meta.main) {
  const found = await findElectron((line) => process.stderr.write(`${line}\n`));
  process.stdout.write(
    found === null ? 'There is no Electron here.\n' : `${JSON.stringify(found, null, 2)}\n`,
  );
  process.exitCode = found === null ? 1 : 0;
}
