import type { ExecResult } from '#kit/exec.ts';

/** Those that are installed with files and programs; Windows is asked by calls (`windows/`). */
export type ServiceManagerKind = 'systemd' | 'sysv';

/** What is installed. All paths are absolute. */
export interface ServiceSpec {
  /** Starts the command line: program and first arguments, without those of `run`. */
  program: readonly [string, ...string[]];
  dataDirectory: string;
  /** Whom the agent runs as. */
  account: string;
  /** Whose members may call the agent; null: only the account itself and root. */
  group: string | null;
  /** Directories of local endpoints that the agent may change; needs the account root. */
  writable: readonly string[];
  /** The key file that systemd hands over as a credential; null: the agent reads its key where it was chosen. */
  masterKeyFile: string | null;
}

export interface ServiceState {
  manager: ServiceManagerKind | 'windows';
  installed: boolean;
  running: boolean;
  startsAtBoot: boolean;
  /** One sentence for a person: whether it runs, since when or why not. */
  sentence: string;
  /** The unit, the script, or the program that Windows starts. */
  file: string;
  account: string | null;
  processId: number | null;
}

/** What the managers meet the machine through. */
export interface ServiceTools {
  run(argv: readonly [string, ...string[]]): Promise<ExecResult>;
}

/**
 * The service manager of this machine. Every verb needs the right to change the machine, and rejects with
 * `service.failed` and what the manager said when that refuses. Not safe concurrently.
 */
export interface ServiceManager {
  readonly kind: ServiceManagerKind;
  /** Writes the unit or script, in the place of an older one, and has it started with the machine. Does not start it. */
  install(spec: ServiceSpec): Promise<void>;
  /** Resolves when the agent said that it is ready. */
  start(): Promise<void>;
  /** Resolves when the agent has ended; its running steps may finish. */
  stop(): Promise<void>;
  /** Stops it and removes what `install` wrote. Data and account stay. */
  remove(): Promise<void>;
  state(): Promise<ServiceState>;
  /** Where the data of the installed one is; null: what is installed does not say it. */
  dataDirectory(): Promise<string | null>;
}
