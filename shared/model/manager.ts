import { z } from 'zod';

/** Another program that keeps files up to date, and what on the endpoint shows it. */
export const manager = z.object({
  /** As people call it: `certbot`. */
  who: z.string(),
  /** What shows it, with the file that says so: `/etc/letsencrypt/renewal/shop.example.conf lists this certificate`. */
  evidence: z.string(),
});
export type Manager = z.infer<typeof manager>;

/** Files that a plan changes although another program manages them: approving the plan takes them over. */
export const takeover = manager.extend({
  /** Places of the changes of the plan. */
  files: z.array(z.string()),
  /** For people: what approving means, what the other program will do, and how to make it stop. */
  sentence: z.string(),
});
export type Takeover = z.infer<typeof takeover>;
