import { z } from 'zod';

/** A time in which the agent begins nothing on its own; what runs, and what a person asks for, is done. */
export const pause = z.object({
  since: z.number().int(),
  /** Epoch milliseconds at which automatic work continues. */
  until: z.number().int(),
});
export type Pause = z.infer<typeof pause>;
