import type { Clock } from '#kit/clock.ts';
import type { OrderRequest, OrderStatus, OrderTools } from '../authority.ts';
import type { Accounts } from './account.ts';
import type { Challenges } from './challenges.ts';
import type { AcmeClient } from './client.ts';
import type { AcmeHandle } from './handle.ts';
import type { Orders, SeenOrder } from './orders.ts';

export interface PollParts {
  client: AcmeClient;
  accounts: Accounts;
  orders: Orders;
  challenges: Challenges;
  clock: Clock;
}

/** One order during one poll: the handle as stored last, and the way to store a better one. */
export interface Work extends PollParts {
  request: OrderRequest;
  tools: OrderTools;
  handle(): AcmeHandle;
  save(change: Partial<AcmeHandle>): void;
  /** Goes on with another order, which is stored already. */
  adopt(handle: AcmeHandle): void;
}

type Done = { kind: 'done'; status: OrderStatus };

export type Acted =
  | Done
  /** Something went forward: worth looking again in a moment. `seen`: the order as the CA just showed it. */
  | { kind: 'went'; seen?: SeenOrder }
  /** Nothing to do but wait, `atLeastMs` when we know. */
  | { kind: 'wait'; sentence: string; retryAfterMs: number | null; atLeastMs?: number };
