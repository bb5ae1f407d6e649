import { z } from 'zod';

/** Intervals, limits and which notifications appear, complete. Fields and limits are those of the catalog; a test holds them together. */
export const settings = z.object({
  /** Empty: it has none. */
  agent_name: z.string().max(64).default(''),
  proof_seconds: z.number().int().min(1).max(600).default(15),
  watch_minutes: z.number().int().min(1).max(1440).default(15),
  watch_others_hours: z.number().int().min(1).max(168).default(6),
  scan_hours: z.number().int().min(1).max(720).default(24),
  renew_check_minutes: z.number().int().min(1).max(60).default(15),
  backup_hours: z.number().int().min(1).max(168).default(24),
  notify_approvals: z.boolean().default(true),
  notify_failures: z.boolean().default(true),
  notify_expiry: z.boolean().default(true),
  notify_successes: z.boolean().default(true),
  notify_system: z.boolean().default(true),
  digest_minutes: z.number().int().min(0).max(1440).default(15),
});
export type Settings = z.infer<typeof settings>;
