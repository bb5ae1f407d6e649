import type { ContractRouterClient } from '@orpc/contract';
import type { RouterUtils } from '@orpc/tanstack-query';
import type { AgentEvent } from '#shared/contract/events.ts';
import type { Contract } from '#shared/contract/index.ts';

/** Every command of the contract, typed. */
export type Client = ContractRouterClient<Contract>;
/** The same, as options and keys for TanStack Query. */
type Queries = RouterUtils<Client>;

/** `waiting`: no port yet; `connected`: the agent said hello; `lost`: it went away. */
export type LinkState = 'waiting' | 'connected' | 'lost';

/** All the window knows of the world. Calls made while there is no agent wait for one. */
export interface Bridge {
  readonly client: Client;
  readonly queries: Queries;
  state(): LinkState;
  /** Gives the function that ends the subscription. */
  onState(listener: () => void): () => void;
  onEvent(listener: (event: AgentEvent) => void): () => void;
  /** Whether there is a desktop that can show a file picker. */
  canPickFile(): boolean;
  /** Has the person pick a file: its path, or null when they changed their mind. One at a time; another gets null. */
  pickFile(): Promise<string | null>;
  /** Asks for a new port now. */
  reconnect(): void;
}
