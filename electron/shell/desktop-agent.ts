import type { MessagePortMain } from 'electron';
import type { Overview } from '#shared/model/overview.ts';
import type { Agent } from '../agent/agent.ts';

/** What the shell needs of the composed agent, and all it knows about it. */
export interface DesktopAgent {
  readonly agent: Pick<Agent, 'events' | 'wake'>;
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
