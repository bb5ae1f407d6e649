import type { Clock } from '#kit/clock.ts';
import type { AboutBuild } from '#shared/contract/agent.ts';
import type { Settings } from '#shared/model/settings.ts';
import type { Client } from '../transport/client.ts';

/** An agent inside this very process, for when none runs. */
export interface LocalAgent {
  client: Client;
  /** Fetches the master key, as far as that needs nobody. Never rejects. */
  unlock(): Promise<void>;
  /** Starts its loops: work goes on by itself from here. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What the service room answers, as it is printed. */
export interface ServiceAnswer {
  manager: string;
  installed: boolean;
  running: boolean;
  startsAtBoot: boolean;
  sentence: string;
  file: string;
  account: string | null;
  processId: number | null;
  notes: string[];
}

/** What is asked of the service manager of this machine. */
export interface ServiceCall {
  verb: string;
  dataDirectory: string;
  values: Record<string, unknown>;
  /** Asks at the terminal; what is typed is not shown. Null: no one is there. */
  ask: ((question: string) => Promise<string>) | null;
}

/** Everything the command line meets the world through. */
export interface CliIo {
  stdout(text: string): void;
  stderr(text: string): void;
  readStdin(): Promise<string>;
  readFile(path: string): Promise<string>;
  /** Asks at the terminal; what is typed is not shown. */
  prompt(question: string): Promise<string>;
  /** A person sits there: questions may be asked. */
  interactive: boolean;
  /** Width of the terminal that shows the answer; null: it goes to a file or program. */
  columns: number | null;
  /** The terminal can show more than ASCII. */
  unicode: boolean;
  env: Record<string, string | undefined>;
  /** Absolute path for one that is relative to where the person stands. */
  resolvePath(path: string): string;
  clock: Clock;
  version: string;
  defaultDataDirectory(system: boolean): string;
  /** What this program is made of; no agent is asked. */
  program: {
    about(): Promise<AboutBuild>;
    /** The text is empty where it has no such part. */
    license(name: string): Promise<{ text: string }>;
  };
  /** Null when no agent answers. */
  connect(dataDirectory: string): Promise<Client | null>;
  /** Rejects with `database.missing`, having made nothing, where no database is and the command does not begin one. */
  startAgent(dataDirectory: string, begins: boolean): Promise<LocalAgent>;
  /** Puts the newest backup, or an empty database, where the database is gone. Gives the sentence that says what was done. */
  recover(dataDirectory: string, answer: 'backup' | 'new-start'): Promise<string>;
  /** The main job on a server made for it, told line by line. True when all was proved. */
  rehearse(print: (line: string) => void): Promise<boolean>;
  runHeadless(options: {
    dataDirectory: string;
    logLevel: string | null;
    settings: Partial<Settings>;
    /** Where a socket is opened besides for the group of that directory; null: none. */
    socketDirectory: string | null;
    /** As a service that Windows has started, with whom may call it besides (`S-1-…`); null: as any program. */
    service: { group: string | null } | null;
  }): Promise<number>;
  /** Asks the service manager of this machine. Rejects with `service.*`. */
  service(call: ServiceCall): Promise<ServiceAnswer>;
}
