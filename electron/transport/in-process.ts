import { createRouterClient } from '@orpc/server';
import type { Caller } from '../agent/caller.ts';
import type { Client } from './client.ts';
import type { AppRouter } from './port.ts';

/**
 * The contract without a line in between, for code of this process that carries out what somebody asked for: a command of
 * the command line when no agent runs, an order of a server. Goes through the same middleware as every call, as `caller`.
 */
export function clientInProcess(router: AppRouter, caller: Caller): Client {
  return createRouterClient(router, { context: { caller } });
}
