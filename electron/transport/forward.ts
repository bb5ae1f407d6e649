import { implement } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import { type Client, failureOf } from './client.ts';
import type { CallContext } from './context.ts';
import { toLine } from './failures.ts';
import type { AppRouter } from './port.ts';

interface Call {
  input: unknown;
  signal?: AbortSignal | undefined;
}
type Procedures<T> = Record<string, Record<string, T>>;

/**
 * The contract, answered by an agent elsewhere: each call goes to `client()` as it is at that moment, and what that agent
 * says comes back, its failures and streams too. The caller's rights are those of the client.
 */
export function forwardingRouter(client: () => Client): AppRouter {
  const implementer = implement(contract).$context<CallContext>() as unknown as Procedures<{
    handler(run: (call: Call) => Promise<unknown>): unknown;
  }>;
  const verbsOf = (noun: string): string[] => Object.keys(Reflect.get(contract, noun) as object);
  const procedure = (noun: string, verb: string) =>
    implementer[noun]?.[verb]?.handler(async ({ input, signal }) => {
      const calls = client() as unknown as Procedures<(input: unknown, options: object) => Promise<unknown>>;
      try {
        return await calls[noun]?.[verb]?.(input, signal === undefined ? {} : { signal });
      } catch (thrown) {
        throw toLine(failureOf(thrown));
      }
    });
  const nouns = Object.keys(contract).map((noun) => [
    noun,
    Object.fromEntries(verbsOf(noun).map((verb) => [verb, procedure(noun, verb)])),
  ]);
  return Object.fromEntries(nouns) as AppRouter;
}
