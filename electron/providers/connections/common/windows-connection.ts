import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { allEnded } from '#kit/all-ended.ts';
import type { ExecResult } from '#kit/exec.ts';
import { peerTail } from '#kit/redact.ts';
import { Failure } from '#shared/failure.ts';
import type {
  FileCopy,
  FileFacts,
  FileFlag,
  FileRights,
  FileSum,
  HostConnection,
  HostExec,
  NewContent,
  NewFile,
  WriteOptions,
} from '../connection.ts';
import { type FileWork, fileFailure, largestRead } from './file-failures.ts';
import type { WindowsHost } from './windows-host.ts';
import { mustBeWindowsPath } from './windows-paths.ts';
import { runOnWindows } from './windows-programs.ts';
import { ScriptFailed, type WindowsScript, WindowsScripts } from './windows-scripts.ts';
import { newFiles } from './windows-writes.ts';

const nothing = z.object({});
const fact = z.object({
  path: z.string(),
  realPath: z.string(),
  kind: z.enum(['file', 'directory', 'other']),
  size: z.number(),
  owner: z.string(),
  modifiedAt: z.number(),
  sha256: z.string().nullable(),
});
const facts = z.object({ facts: z.array(fact.nullable()) });
const rights = z.object({ rights: z.array(z.object({ sddl: z.string(), attributes: z.string() })) });
const status = z.object({ status: z.string().nullable() });

/** Everything a host connection can do, done by PowerShell scripts on a Windows host, however it is reached. @internal */
export class WindowsConnection implements HostConnection {
  readonly #host: WindowsHost;
  readonly #scripts: WindowsScripts;

  constructor(host: WindowsHost) {
    this.#host = host;
    this.#scripts = new WindowsScripts(host);
  }

  get description(): string {
    return this.#host.description;
  }

  get dialAddress(): string {
    return this.#host.dialAddress;
  }

  get credentialUsed(): string {
    return this.#host.credentialUsed;
  }

  async exec(request: HostExec): Promise<ExecResult> {
    return runOnWindows(this.#scripts, request, this.#host.place.host);
  }

  async stat(path: string): Promise<FileFacts | null> {
    const [found] = await this.#facts([path], false);
    if (found == null) return null;
    const { sha256: _, ...all } = found;
    return { ...all, system: 'windows', mode: 0, group: 'unknown', uid: 0, gid: 0, names: 1 };
  }

  async read(path: string): Promise<Buffer> {
    const script = { name: 'read' as const, parameters: { path, limit: largestRead } };
    const { value, content } = await this.#about('read', path, {
      ...script,
      gives: z.object({ size: z.number() }),
    });
    if (value.size !== content.length) throw fileFailure('damaged', 'read', path, this.#host.place);
    return content;
  }

  async hash(path: string): Promise<string> {
    const gives = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
    return (await this.#about('hash', path, { name: 'hash', parameters: { path }, gives })).value.sha256;
  }

  async hashes(paths: readonly string[]): Promise<Map<string, string>> {
    const found = await this.#facts(paths, true);
    return new Map(
      found.flatMap((one) => (one === null || one.sha256 === null ? [] : [[one.path, one.sha256]])),
    );
  }

  async sums(paths: readonly string[]): Promise<(FileSum | null)[]> {
    const found = await this.#facts(paths, true);
    return found.map((one) => one && { path: one.path, realPath: one.realPath, sha256: one.sha256 });
  }

  async rights(paths: readonly string[]): Promise<FileRights[]> {
    const found = await this.#ofEach(paths, { name: 'rights', parameters: { paths }, gives: rights });
    return (found?.rights ?? []).map(({ sddl, attributes }) => ({
      ...{ acl: sddl, hidesAcl: false, attributes, label: null, untold: [] },
    }));
  }

  /** Windows has no such flags. */
  async flags(paths: readonly string[]): Promise<(readonly FileFlag[] | null)[]> {
    const found = await this.#facts(paths, false);
    const missing = paths.find((_, at) => found[at] == null);
    if (missing !== undefined) throw fileFailure('missing', 'examine', missing, this.#host.place);
    return paths.map(() => []);
  }

  write(path: string, content: NewContent, options: WriteOptions): Promise<void> {
    return this.#write([{ path, content, options }], false);
  }

  writeAll(files: readonly NewFile[]): Promise<void> {
    return this.#write(files, true);
  }

  async #write(files: readonly NewFile[], leftovers: boolean): Promise<void> {
    const [first] = files;
    if (first === undefined) return;
    for (const { path, content } of files) {
      mustBeWindowsPath(path);
      if ('onHost' in content) mustBeWindowsPath(content.onHost);
    }
    const { content, parameters } = newFiles(files);
    try {
      const script = { name: 'write' as const, parameters: { files: parameters, leftovers }, content };
      await this.#about('write', first.path, { ...script, gives: nothing });
    } finally {
      content.fill(0);
    }
  }

  async copy(from: string, to: string): Promise<void> {
    mustBeWindowsPath(from);
    const parameters = { from, to, random: randomBytes(8).toString('hex') };
    await this.#about('copy', to, { name: 'copy', parameters, gives: nothing });
  }

  async copyAll(copies: readonly FileCopy[]): Promise<void> {
    await allEnded(copies.map(({ from, to }) => this.copy(from, to)));
  }

  async rename(from: string, to: string): Promise<void> {
    mustBeWindowsPath(from);
    await this.#about('rename', to, { name: 'rename', parameters: { from, to }, gives: nothing });
  }

  async remove(path: string): Promise<void> {
    await this.#about('remove', path, { name: 'remove', parameters: { path }, gives: nothing });
  }

  async removeLeftovers(paths: readonly string[]): Promise<void> {
    await this.#ofEach(paths, { name: 'remove-leftovers', parameters: { paths }, gives: nothing }, 'remove');
  }

  async list(path: string): Promise<string[]> {
    const gives = z.object({ names: z.array(z.string()) });
    return (await this.#about('list', path, { name: 'list', parameters: { path }, gives })).value.names;
  }

  /** Idempotent, with those above it. `isPrivate`: open to administrators and the connecting account alone. */
  async makeDirectory(path: string, isPrivate: boolean): Promise<void> {
    const parameters = { path, private: isPrivate };
    await this.#about('write', path, { name: 'make-directory', parameters, gives: nothing });
  }

  /** `Running`, `Stopped`…, as .NET names them in any language; null: there is no service of this name. */
  async serviceStatus(name: string): Promise<string | null> {
    return this.#service('examined', name, { name: 'service', parameters: { name }, gives: status });
  }

  /** Stopped with what depends on it and started again. `service.missing`, `service.not-running`. */
  async restartService(name: string, milliseconds: number): Promise<void> {
    const { host } = this.#host.place;
    const parameters = { name, milliseconds };
    const timeoutMs = milliseconds + 30_000;
    const script = { name: 'restart-service' as const, parameters, gives: status, timeoutMs };
    const now = await this.#service('restarted', name, script);
    if (now === null)
      throw new Failure('service.missing', `${host} has no service "${name}".`, {
        hint: 'Enter the name of the service, not the name that is displayed.',
      });
    if (now === 'Running') return;
    const seconds = Math.round(milliseconds / 1000);
    throw new Failure(
      'service.not-running',
      `The service "${name}" on ${host} is not running ${seconds} s after its restart.`,
      {
        hint: 'Check the event log of that host.',
        peerSaid: now,
      },
    );
  }

  async #service(
    what: 'examined' | 'restarted',
    name: string,
    script: WindowsScript<z.infer<typeof status>>,
  ): Promise<string | null> {
    try {
      return (await this.#scripts.runAlone(script)).value.status;
    } catch (thrown) {
      if (!(thrown instanceof ScriptFailed)) throw thrown;
      const { host } = this.#host.place;
      throw new Failure('service.not-running', `The service "${name}" on ${host} could not be ${what}.`, {
        hint: 'Check that the account is allowed to do that, and the event log of that host.',
        peerSaid: peerTail(thrown.message),
      });
    }
  }

  async #facts(paths: readonly string[], sums: boolean): Promise<(z.infer<typeof fact> | null)[]> {
    const found = await this.#ofEach(paths, { name: 'stat', parameters: { paths, sums }, gives: facts });
    return found?.facts ?? [];
  }

  /** What one script says of several paths; null: of none. */
  async #ofEach<T>(paths: readonly string[], script: WindowsScript<T>, work: FileWork = 'examine') {
    const [first] = paths;
    if (first === undefined) return null;
    for (const path of paths) mustBeWindowsPath(path);
    return (await this.#about(work, first, script)).value;
  }

  async #about<T>(work: FileWork, path: string, script: WindowsScript<T>) {
    mustBeWindowsPath(path);
    return this.#scripts.about(work, path, script);
  }

  async close(): Promise<void> {
    await this.#host.close();
    await this.#scripts.end();
  }
}
