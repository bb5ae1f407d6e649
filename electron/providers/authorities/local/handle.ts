import { z } from 'zod';
import { Failure, failureData } from '#shared/failure.ts';
import type { OrderHandle } from '../authority.ts';

/** What became of an order: known at once, since nobody else is asked. */
const localHandle = z.discriminatedUnion('state', [
  z.object({ state: z.literal('issued'), chainPem: z.string().min(1) }),
  z.object({ state: z.literal('refused'), because: failureData }),
]);
export type LocalHandle = z.infer<typeof localHandle>;

export function readHandle(handle: OrderHandle): LocalHandle {
  const parsed = localHandle.safeParse(handle);
  if (parsed.success) return parsed.data;
  throw new Failure(
    'authority.handle-unreadable',
    'The stored data about the certificate order cannot be read.',
    {
      hint: 'Request the certificate again.',
      cause: parsed.error,
    },
  );
}
