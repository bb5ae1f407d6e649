import { z } from 'zod';

/** Where a key pair is made: on the endpoint, which it never leaves, or in the agent. */
export const keyPairPlace = z.enum(['endpoint', 'agent']);
export type KeyPairPlace = z.infer<typeof keyPairPlace>;

/** The place as earlier versions wrote it, for what they fingerprinted and sealed. */
export function earlierKeyPairPlace(place: KeyPairPlace): 'target' | 'agent' {
  return place === 'endpoint' ? 'target' : place;
}
