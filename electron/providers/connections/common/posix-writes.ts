import { randomBytes } from 'node:crypto';
import type { ExecResult } from '#kit/exec.ts';
import type { NewFile } from '../connection.ts';
import { fileFailure } from './file-failures.ts';
import { sent } from './new-content.ts';
import * as posix from './posix.ts';
import type { PosixHost } from './posix-host.ts';
import { sameAcl } from './posix-rights.ts';
import type { Scripts } from './posix-scripts.ts';

/** Longer ones are shortened in the names of new files. */
const longestName = 200;

/** Files written on a POSIX host: with one script for all of them where all is plain, else with one for each. */
export class Writes {
  readonly #host: PosixHost;
  readonly #scripts: Scripts;

  constructor(host: PosixHost, scripts: Scripts) {
    this.#host = host;
    this.#scripts = scripts;
  }

  async write(file: NewFile): Promise<void> {
    await this.#one(file, posix.write(this.#host.tools));
  }

  async writeAll(files: readonly NewFile[]): Promise<void> {
    if (files.length === 0 || (await this.#inOne(files))) return;
    await this.removeLeftovers(files.map(({ path }) => path));
    const prepared: { path: string; names: string[] }[] = [];
    try {
      for (const file of files) {
        const { stdout } = await this.#one(file, posix.prepare(this.#host.tools));
        prepared.push({ path: file.path, names: stdout.toString().split('\0') });
      }
      const [first] = prepared;
      if (first === undefined) return;
      const args = prepared.flatMap(({ names }) => names);
      await this.#scripts.mustDo('write', first.path, { text: posix.place(this.#host.tools), args });
    } catch (error) {
      const args = prepared.flatMap(({ names: [made] }) => (made === undefined ? [] : [made]));
      if (args.length > 0) await this.#host.run({ text: posix.removeAll, args }).catch(() => null); // the line is gone
      throw error;
    }
  }

  async removeLeftovers(paths: readonly string[]): Promise<void> {
    const [first] = paths;
    if (first === undefined) return;
    for (const path of paths) this.#scripts.check(path);
    await this.#scripts.mustDo('remove', first, { text: posix.removeLeftovers, args: paths });
  }

  async #one({ path, content, options }: NewFile, text: string): Promise<ExecResult> {
    const { owner = '', group = '', acl = sameAcl } = options;
    if (`${owner}${group}`.includes(':')) throw fileFailure('owner-unknown', 'write', path, this.#host.place);
    const { stdin, length, sha256, around, at } = sent(content);
    const random = randomBytes(8).toString('hex');
    const args = [path, modeOf(options.mode), owner, group, length, sha256, random, acl, around, at];
    return this.#scripts.mustDo('write', path, { text, args, stdin });
  }

  /** False: nothing was changed, and it is to be done one by one. */
  async #inOne(files: readonly NewFile[]): Promise<boolean> {
    const [first] = files;
    const { tools } = this.#host;
    if (first === undefined || tools.beside === undefined || !files.every(isPlain)) return false;
    for (const { path } of files) this.#scripts.check(path);
    const args = [randomBytes(8).toString('hex')];
    const inputs: Uint8Array[] = [];
    for (const { path, content, options } of files) {
      const { stdin, sha256, around, at } = sent(content);
      const before = around === '' ? stdin.length : Number(at);
      const { owner = '', group = '', mode } = options;
      args.push(
        path,
        modeOf(mode),
        owner,
        group,
        sha256,
        String(before),
        around,
        String(stdin.length - before),
        umaskOf(mode),
      );
      inputs.push(stdin);
    }
    const script = { text: posix.writeAll(tools), args, stdin: Buffer.concat(inputs), kept: true };
    const running = this.#scripts.run(first.path, script);
    const result = await running.finally(() => script.stdin.fill(0));
    if (result.code === posix.exits.notReplaced) throw this.#scripts.failed(result, 'write', first.path);
    return result.code === 0;
  }
}

const modeOf = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');

/** With which a new file gets this mode and its owner can fill it; empty: there is none. */
const umaskOf = (mode: number): string => ((mode & ~0o066) === 0o600 ? modeOf(~mode & 0o777) : '');

/** It has an owner and a group of its own, and no list. */
function isPlain({ path, options: { owner = '', group = '', acl = sameAcl } }: NewFile): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const owned = owner !== '' && group !== '' && !`${owner}${group}`.includes(':');
  return owned && (acl === '' || acl === sameAcl) && Buffer.byteLength(name) <= longestName;
}
