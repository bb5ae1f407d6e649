import type { MessagePortMain } from 'electron';
import type { Overview } from '#shared/model/overview.ts';
import type { Events } from '../agent/events.ts';

/** What the shell needs of the composed agent, and all it knows about it. */
export interface DesktopAgent {
  readonly agent: {
    readonly events: Pick<Events, 'on'>;
    /** Looks again at what is due. Never rejects. */
    wake(): void;
  };
  /** Answers the page at the other end of the port until it closes. */
  attachPort(port: MessagePortMain): void;
  overview(): Overview;
  /** Starts the agent. Once; may wait some seconds for the keychain. */
  start(): Promise<void>;
  /** Opens the local door for the command line. */
  listen(): Promise<void>;
  /** Lets running steps finish, then closes everything. Idempotent. */
  stop(): Promise<void>;
}
