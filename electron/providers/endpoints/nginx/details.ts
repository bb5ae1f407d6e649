import { z } from 'zod';
import { Failure } from '#shared/failure.ts';
import type { InstallPlan } from '#shared/model/plan.ts';

const program = z.object({
  path: z.string(),
  version: z.string(),
  configPath: z.string(),
  prefix: z.string(),
  pidPath: z.string(),
  errorLogPath: z.string(),
});

/** What carrying out an nginx plan needs beside the plan's own lists. Stored and approved with it; no secrets. */
const nginxDetails = z.object({
  program,
  /** Where the running nginx notes its process id. */
  pidPath: z.string(),
  /** SHA-256 of every file nginx reads, by the name nginx gives it. */
  configuration: z.record(z.string(), z.string()),
  /** Where the paths in the configuration lead, for those that are symbolic links. */
  links: z.record(z.string(), z.string()),
  /** Replacements of byte ranges, by real path of the file, ordered by place. */
  edits: z.array(
    z.object({ path: z.string(), start: z.number().int(), end: z.number().int(), text: z.string() }),
  ),
  /** Directories to make, outermost first, with the directory whose owner and mode they take. */
  newDirectories: z.array(z.object({ path: z.string(), like: z.string() })),
  /** Existing directory for notes and new keys. */
  keepDir: z.string(),
  keyName: z.string(),
  /** Kind of key this node's certificate must have, when its server block has another certificate beside it. */
  family: z.enum(['rsa', 'ecdsa']).nullable(),
  previousFingerprint: z.string().nullable(),
});
export type NginxDetails = z.infer<typeof nginxDetails>;

/** Plans come back from the database: they are parsed before they are used. */
export function detailsOf(plan: InstallPlan): NginxDetails {
  const parsed = nginxDetails.safeParse(plan.details);
  if (parsed.success) return parsed.data;
  throw new Failure('plan.unreadable', 'The plan was made by another version and cannot be carried out.', {
    hint: 'Make a new plan.',
    cause: parsed.error,
  });
}
