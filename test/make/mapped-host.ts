import type { ExecResult } from '#kit/exec.ts';
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
} from '../../electron/providers/connections/connection.ts';

/** This machine with one directory at another place, every file in it of one owner: what a stored plan names stays true. */
export class MappedHost implements HostConnection {
  readonly description: string;
  readonly dialAddress: string;
  readonly credentialUsed = "user web, the agent's own";
  readonly #real: HostConnection;
  readonly #from: string;
  readonly #to: string;

  constructor(real: HostConnection, from: string, to: string) {
    this.#real = real;
    this.#from = from;
    this.#to = to;
    this.description = real.description;
    this.dialAddress = real.dialAddress;
  }

  async exec({ argv: [program, ...rest], ...how }: HostExec): Promise<ExecResult> {
    const result = await this.#real.exec({ ...how, argv: [program, ...rest.map((word) => this.#in(word))] });
    const said = result.stdout.toString('latin1').replaceAll(this.#to, this.#from);
    return { ...result, stdout: Buffer.from(said, 'latin1') };
  }

  async stat(path: string): Promise<FileFacts | null> {
    const facts = await this.#real.stat(this.#in(path));
    if (facts === null) return null;
    const names = { path: this.#out(facts.path), realPath: this.#out(facts.realPath) };
    return { ...facts, ...names, owner: 'web', group: 'web', uid: 4711, gid: 4711 };
  }

  read(path: string): Promise<Buffer> {
    return this.#real.read(this.#in(path));
  }

  hash(path: string): Promise<string> {
    return this.#real.hash(this.#in(path));
  }

  async hashes(paths: readonly string[]): Promise<Map<string, string>> {
    const found = await this.#real.hashes(paths.map((path) => this.#in(path)));
    return new Map([...found].map(([path, hash]) => [this.#out(path), hash]));
  }

  async sums(paths: readonly string[]): Promise<(FileSum | null)[]> {
    const found = await this.#real.sums(paths.map((path) => this.#in(path)));
    return found.map(
      (one, at) => one && { ...one, path: paths[at] ?? '', realPath: this.#out(one.realPath) },
    );
  }

  rights(paths: readonly string[]): Promise<FileRights[]> {
    return this.#real.rights(paths.map((path) => this.#in(path)));
  }

  flags(paths: readonly string[]): Promise<(readonly FileFlag[] | null)[]> {
    return this.#real.flags(paths.map((path) => this.#in(path)));
  }

  write(path: string, content: NewContent, options: WriteOptions): Promise<void> {
    return this.writeAll([{ path, content, options }]);
  }

  writeAll(files: readonly NewFile[]): Promise<void> {
    const mapped = files.map(({ path, content, options: { mode } }) => ({
      path: this.#in(path),
      content: 'onHost' in content ? { ...content, onHost: this.#in(content.onHost) } : content,
      options: { mode },
    }));
    return this.#real.writeAll(mapped);
  }

  copy(from: string, to: string): Promise<void> {
    return this.#real.copy(this.#in(from), this.#in(to));
  }

  copyAll(copies: readonly FileCopy[]): Promise<void> {
    return this.#real.copyAll(copies.map(({ from, to }) => ({ from: this.#in(from), to: this.#in(to) })));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#real.rename(this.#in(from), this.#in(to));
  }

  remove(path: string): Promise<void> {
    return this.#real.remove(this.#in(path));
  }

  removeLeftovers(paths: readonly string[]): Promise<void> {
    return this.#real.removeLeftovers(paths.map((path) => this.#in(path)));
  }

  list(path: string): Promise<string[]> {
    return this.#real.list(this.#in(path));
  }

  close(): Promise<void> {
    return this.#real.close();
  }

  #in(path: string): string {
    return path.startsWith(this.#from) ? this.#to + path.slice(this.#from.length) : path;
  }

  #out(path: string): string {
    return path.startsWith(this.#to) ? this.#from + path.slice(this.#to.length) : path;
  }
}
