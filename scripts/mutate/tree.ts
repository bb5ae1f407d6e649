import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../own-programs.ts';
import { type Mutation, mutated } from './mutation.ts';

/** A copy of the tree to break things in: what git knows and does not ignore, with the modules of this one. */
export class Tree {
  readonly directory = mkdtempSync(join(tmpdir(), 'trustkeep-mutate-'));

  constructor() {
    const { stdout, status } = spawnSync(
      'git',
      ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
      { cwd: root, maxBuffer: 64 * 1024 * 1024 },
    );
    if (status !== 0) throw new Error('the files of the tree could not be listed: git ls-files failed');
    for (const file of stdout.toString('utf8').split('\0').filter(Boolean)) {
      mkdirSync(dirname(join(this.directory, file)), { recursive: true });
      cpSync(join(root, file), join(this.directory, file), { force: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.directory, 'node_modules'));
  }

  /** Runs `work` with the fault in the file, and puts the file back. */
  async with<T>(mutation: Mutation, work: () => Promise<T>): Promise<T> {
    const path = join(this.directory, mutation.file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, mutated(text, mutation));
    try {
      return await work();
    } finally {
      writeFileSync(path, text);
    }
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
