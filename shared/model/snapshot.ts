import { z } from 'zod';
import { kept } from './changes/index.ts';

/** What undoes an install. Plain JSON without content: it is stored with the task, and survives the agent. */
export const snapshot = z.object({
  nodeKey: z.string(),
  /** One entry for each change that needs one. */
  kept: z.array(kept),
  /** Leaf that was in place before, so that the restore can be proved. */
  previousFingerprint: z.string().nullable(),
  /** How to start the server should it die of the change; left out when it did not run. */
  startAgain: z.array(z.string()).optional(),
});
export type Snapshot = z.infer<typeof snapshot>;
