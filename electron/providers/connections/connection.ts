import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { ExecResult } from '../../kit/exec.ts';
import type { Http } from '../../net/http.ts';
import type { Secret } from '../../secrets/secret.ts';
import type { RestConnection } from './rest-connection.ts';

export type { RestAnswer, RestConnection, RestRequest } from './rest-connection.ts';

export interface HostExec {
  /** Program and arguments, never a joined string, never a secret. Adapters may quote, they never interpolate. */
  argv: readonly [string, ...string[]];
  /** Where secrets go. */
  stdin?: Uint8Array | Secret | undefined;
  /** Milliseconds. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** It may leave a server behind that keeps its output open: it has ended when it ends itself. */
  leavesBehind?: boolean | undefined;
  /**
   * It only reads, ends soon, reads no input and starts nothing that outlives it: over ssh it may run in a command interpreter that is there
   * already, and is not ended on the host when it takes too long. A script that is given to `sh -c` is the whole of it.
   */
  selfContained?: boolean | undefined;
  /** Bytes wanted of each output stream. Default 16 MiB. */
  outputBytes?: number | undefined;
  /** The caller looks at `timedOut` himself, and only shows what was printed: a part of it will do. */
  partial?: boolean | undefined;
}

/** What `stat` says of a path. Symbolic links are followed; `realPath` is where they lead. */
export interface FileFacts {
  path: string;
  realPath: string;
  kind: 'file' | 'directory' | 'other';
  /** Whose rules hold for owner and rights. On Windows `mode` is 0, and owner and group may be `unknown`. */
  system: 'posix' | 'windows';
  size: number;
  /** Permission bits, e.g. 0o640. */
  mode: number;
  owner: string;
  group: string;
  uid: number;
  gid: number;
  /** How many names the file has (hard links); 1 where the system does not tell. */
  names: number;
  /** Epoch milliseconds. */
  modifiedAt: number;
}

/** Where a path leads, and the SHA-256 of what is there, lower-case hex; null: `hash` says why there is none. */
export type FileSum = Pick<FileFacts, 'path' | 'realPath'> & { sha256: string | null };

/** What decides over a file beside owner, group and mode, and what is attached to it. Symbolic links are followed. */
export interface FileRights {
  /** Access control list beyond the mode, as `getfacl` writes its entries, by commas; empty: none; null: it cannot be told. */
  acl: string | null;
  /** There is an access control list, and nothing on the host that Trustkeep could read it with. */
  hidesAcl: boolean;
  /** Extended attributes by name with a part of the SHA-256 of each value; empty: none; null: it cannot be told. */
  attributes: string | null;
  /** Label of mandatory access control (SELinux); null: none, or it cannot be told. */
  label: string | null;
  /** What could not be asked, for people: `an ACL (getfacl)`. */
  untold: readonly string[];
}

/** With one of them a file cannot be replaced, nor one in such a directory. */
export type FileFlag = 'immutable' | 'append-only';

/** Content that is put together on the host around a file that lies there and does not travel. */
interface ContentAround {
  before: Uint8Array | Secret;
  onHost: string;
  after: Uint8Array | Secret;
  /** Of the whole, lower-case hex: other content is `file.damaged`. */
  sha256: string;
}
export type NewContent = Uint8Array | Secret | ContentAround;

export interface NewFile {
  path: string;
  content: NewContent;
  options: WriteOptions;
}

/** A file and where its copy is to be. */
export interface FileCopy {
  from: string;
  to: string;
}

export interface WriteOptions {
  mode: number;
  /** Names or decimal ids; left out: those of the file that is replaced, else of the connecting user. */
  owner?: string | undefined;
  group?: string | undefined;
  /** As `FileRights` tells it. Left out: that of the file that is replaced; none for a new one. */
  acl?: string | undefined;
  /** It is new and holds nothing that is to be hidden: what its directory gives to new files may stay. */
  hidesNothing?: boolean | undefined;
}

/**
 * A managed host: run programs, read and replace files. Implemented over `local` and `ssh`; nothing above knows which.
 *
 * All paths are absolute, on that host. Every method may take as long as the network does and rejects with a
 * Failure (`connection.*`, `ssh.*`, `file.*`); a lost connection is `connection.lost` (retry `later`).
 * Safe concurrently. Methods that change files are atomic: the old or the new content is there, never a part.
 */
export interface HostConnection {
  /** For people: `this machine`, `ssh deploy@web1:22`. */
  readonly description: string;
  /** Address from which the endpoint's listeners on "all addresses" are to be dialled. */
  readonly dialAddress: string;
  /** The credential used, never its content: `user deploy, private key from credential "web" of store "vault1"`. */
  readonly credentialUsed: string;
  /**
   * Resolves whatever the exit code. Rejects with `endpoint.command-timed-out` after the time-out (60 seconds unless given)
   * and with `endpoint.output-too-large` when more is printed than wanted, but for a `partial` request. A program that is not
   * there ends with 127, one that may not be run with 126. With `signal` aborted it rejects with the signal's reason; over
   * ssh the program may then work on until the time-out, when the host ends it if it has a program for that.
   * Over ssh as another user than root it runs under sudo when sudo is allowed.
   */
  exec(request: HostExec): Promise<ExecResult>;
  /** Null when it does not exist. Rejects with `file.denied` when it cannot be looked at. */
  stat(path: string): Promise<FileFacts | null>;
  /** Whole content. `file.missing`, `file.denied`, `file.too-large` (limit 16 MiB). */
  read(path: string): Promise<Buffer>;
  /** SHA-256 of the content, lower-case hex, computed on the host: the content does not travel. */
  hash(path: string): Promise<string>;
  /** The same of many, by their path, with as few questions as can be. What is not there, or cannot be read, is left out. */
  hashes(paths: readonly string[]): Promise<Map<string, string>>;
  /** Of each of these paths, in their order, in as few commands as can be; null when it does not exist. Rejects as `stat` does. */
  sums(paths: readonly string[]): Promise<(FileSum | null)[]>;
  /**
   * Of each of these paths, in their order, read now and in as few commands as can be. Null in a field, and `untold`, where the
   * host cannot tell. `file.missing`, `file.denied`, about the first of them.
   */
  rights(paths: readonly string[]): Promise<FileRights[]>;
  /** Of each of these paths, in their order; null where the host cannot tell. `file.missing`, `file.denied`. */
  flags(paths: readonly string[]): Promise<(readonly FileFlag[] | null)[]>;
  /**
   * New file beside the old, fsync, length and hash checked, rename over. Follows a symbolic link. Extended attributes and
   * label are those of the file that is replaced; `file.rights-not-kept` when they, or the access control list, cannot be
   * given. The new file is never open to more than the one that is replaced and the one that is asked for.
   */
  write(path: string, content: NewContent, options: WriteOptions): Promise<void>;
  /**
   * As `write`, each file of them: all are made beside those they replace first, then all are renamed in their order, one
   * right after the other. What fails before the first rename leaves every old file as it was. First removes what writes of
   * these files that were cut off have left: not while one of them is being written elsewhere.
   */
  writeAll(files: readonly NewFile[]): Promise<void>;
  /**
   * Copies content, owner, mode, time, access control list, extended attributes and label into a new file, fsynced; replaces
   * `to` atomically, also when that is a symbolic link: what it leads to stays as it is. Content does not travel.
   * `file.rights-not-kept`.
   */
  copy(from: string, to: string): Promise<void>;
  /** As `copy`, each of them, in as few commands as can be. Rejects when none is being made any more; some may be there then. */
  copyAll(copies: readonly FileCopy[]): Promise<void>;
  /** Renames within a directory, replacing `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Gone afterwards, with what writes of it that were cut off have left; no error when it was not there. Files only. */
  remove(path: string): Promise<void>;
  /**
   * Removes what writes of these files that were cut off have left beside them, whatever its age. Not while one of them is
   * being written.
   */
  removeLeftovers(paths: readonly string[]): Promise<void>;
  /** Names in a directory, unsorted. */
  list(path: string): Promise<string[]>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** However an endpoint is reached. */
export type Connection = HostConnection | RestConnection;

/** Whether it asks instead of running programs. */
export function answersRequests(connection: Connection): connection is RestConnection {
  return 'kind' in connection;
}

/** What a connection needs to log in, fetched at the moment of use. */
export interface LoginMaterial {
  /** The user name of the credential, for settings that name none. */
  user?: string | undefined;
  password?: Secret | undefined;
  privateKey?: Secret | undefined;
  passphrase?: Secret | undefined;
  /** Where it came from, put behind `password` or `private key`: `kept for this endpoint`, `from credential "web" of store "vault1"`. */
  source?: string | undefined;
}

/** What the other side showed of itself, when nothing was pinned of it yet. */
export interface SeenIdentity {
  /** As it is pinned and shown: `SHA256:…`. */
  fingerprint: string;
  /** Of the key or certificate, as the protocol names it. */
  type: string;
}

export interface ConnectTools {
  log: Log;
  clock: Clock;
  /** For what is reached by requests: through the outbound proxy, where one is set. */
  http(): Http;
  /** Gives up connecting; an established connection is ended with `close`. */
  signal?: AbortSignal | undefined;
  /** Called once, before logging in, when the settings pin no identity yet: the caller pins it. */
  onIdentity?: ((seen: SeenIdentity) => void) | undefined;
  /**
   * Asked at most once, after the other side refused the login: another one that may get in where it did not, or null. It
   * stays the caller's.
   */
  anotherLogin?: (() => Promise<LoginMaterial | null>) | undefined;
}

/** The agent's side of one connection type. */
export interface ConnectionProvider<S, C extends Connection = HostConnection> {
  /**
   * Resolves when it is logged in and has been found usable; may log in a second time with `anotherLogin`, never a third.
   * Rejects with a Failure about the line, the login or the identity, or with the signal's reason; leaves nothing open
   * then. Connecting again after `connection.lost` is up to the caller. Safe concurrently.
   */
  connect(settings: S, login: LoginMaterial, tools: ConnectTools): Promise<C>;
}

/** As `HostConnection.exec` rejects, also for those who take a part of the output and look at the time-out themselves. */
export function commandTimedOut(host: string, program: string, ms: number): Failure {
  return new Failure(
    'endpoint.command-timed-out',
    `On ${host}, ${program} did not finish within ${Math.round(ms / 1000)} s and was stopped.`,
    { hint: 'Run it there to see where it stops. The machine may also be overloaded.' },
  );
}
