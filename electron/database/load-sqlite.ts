import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '#shared/failure.ts';

/** Node-API the shipped binaries need. On less they do not fail, they crash the process without a word. */
const neededNodeApi = 10;

/**
 * Refuses a runtime in which the shipped binary would crash. A binary compiled on purpose (given by path, or in the
 * package's `build` folder, where the library looks first) is trusted to fit.
 */
export function refuseOldRuntime(
  packageJson: () => string,
  nativeBinding: string | undefined,
  nodeApi: string | undefined = process.versions.napi,
): void {
  if (nativeBinding !== undefined || Number(nodeApi) >= neededNodeApi || wasCompiled(packageJson())) return;
  const runtime = process.versions.electron === undefined ? 'Node.js' : 'Electron';
  const version = process.versions.electron ?? process.versions.node;
  throw new Failure(
    'database.runtime-too-old',
    `${runtime} ${version} is too old for the database (it offers Node-API ${nodeApi ?? 'none'}, ${neededNodeApi} is needed).`,
    { hint: 'Run Trustkeep with Node.js 22.14 or newer, or with Electron 35 or newer.' },
  );
}

function wasCompiled(packageJson: string): boolean {
  const build = join(dirname(packageJson), 'build');
  return ['Debug', 'Release'].some((kind) => existsSync(join(build, kind, 'better_sqlite3.node')));
}

/** Oldest SQLite without the fault that could corrupt a database when its write-ahead log was reset. */
const neededSqlite = [3, 51, 3] as const;

export function refuseOldSqlite(version: string): void {
  const have = version.split('.').map(Number);
  for (const [index, needed] of neededSqlite.entries()) {
    const part = have[index] ?? 0;
    if (part > needed) return;
    if (part < needed)
      throw new Failure(
        'database.sqlite-too-old',
        `SQLite ${version} is too old; ${neededSqlite.join('.')} or newer is needed.`,
        { hint: 'This build of Trustkeep is broken. Reinstall Trustkeep.' },
      );
  }
}
