import { z } from 'zod';
import { snapshot } from './snapshot.ts';

/** What a task left behind when it could not be removed, until it is. Nothing in it is secret. */
export const leftover = z.object({
  taskId: z.string(),
  endpointId: z.string(),
  /** What was put up to prove control of names; null: nothing of that. */
  proofs: z
    .object({
      authorityId: z.string(),
      /** SHA-256 (hex) over the settings that were approved: by others no file is removed and no script run. */
      settings: z.string(),
      names: z.array(z.string()),
      /** As the authority stored it. */
      handle: z.unknown(),
      /** Directory of the endpoint below which challenge files are; null: none are. */
      webRoot: z.string().nullable(),
    })
    .nullable(),
  /** Copies, a new key, and files that were not written to their end, on the endpoint; null: nothing of that. */
  kept: z
    .object({
      snapshot: snapshot.nullable(),
      keyPath: z.string().nullable(),
      /** The key stays, for the next task at the node. Left out: it is removed. */
      sparesKey: z.boolean().optional(),
    })
    .nullable(),
  /** Epoch milliseconds, as `nextAt`. */
  since: z.number().int(),
  /** Those that failed. */
  attempts: z.number().int(),
  nextAt: z.number().int(),
  /** Why the last attempt failed, in a sentence; null: there was none. */
  because: z.string().nullable(),
});
export type Leftover = z.infer<typeof leftover>;
