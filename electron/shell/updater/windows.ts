import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exec } from '#kit/exec.ts';
import type { CheckedUpdate } from '../../agent/updates/updater.ts';
import { refuseOtherPublisher } from '../../updates/authenticode.ts';
import { refuseTampered } from '../../updates/check-file.ts';
import type { Installer } from './updater.ts';

interface WindowsParts {
  /** Where downloads are kept. */
  folder: string;
  version: string;
  /** Subjects of certificates that an installer may carry; empty: this build is not signed. */
  publishers: readonly string[];
}

/** An installer replaces the program and starts it; those of this version and the next are kept. */
export function windowsInstaller({ folder, version, publishers }: WindowsParts): Installer {
  const installers = join(folder, 'installers');
  const of = (one: string): string => join(installers, `${one}.exe`);
  return {
    refuse() {}, // whether an administrator agrees is known when the installer asks
    async keep() {
      const own = of(version);
      return existsSync(own) ? own : null;
    },
    async install({ file, statement }: CheckedUpdate) {
      const next = of(statement.version);
      await mkdir(installers, { recursive: true, mode: 0o700 });
      await rename(file, next);
      await refuseTampered(next, statement);
      await refuseOtherPublisher(next, publishers, exec);
      await dropAllBut(installers, [basename(next), basename(of(version))]);
      await run(next);
    },
    async putBack(kept) {
      await refuseOtherPublisher(kept, publishers, exec);
      await run(kept);
    },
    relaunch: null,
  };
}

async function dropAllBut(folder: string, names: readonly string[]): Promise<void> {
  for (const name of await readdir(folder))
    if (!names.includes(name)) await rm(join(folder, name), { force: true });
}

/** With its library, which no other system and no usual start needs. */
async function run(installer: string): Promise<void> {
  const { runInstaller } = await import('./run-installer.ts');
  await runInstaller(installer);
}
