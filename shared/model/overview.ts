import { z } from 'zod';

/** Colour of the tray: the worst served fact, ours or not. `ok`: no node is known to serve what it should not. */
export const healthLevel = z.enum(['ok', 'attention', 'danger', 'unknown']);
export type HealthLevel = z.infer<typeof healthLevel>;

export const overview = z.object({
  level: healthLevel,
  /** One line (at most 100 characters). */
  sentence: z.string(),
  /** The same in less than 64 characters, as many as the tray of Windows shows. */
  tooltip: z.string(),
  endpoints: z.number().int(),
  nodes: z.object({
    total: z.number().int(),
    managed: z.number().int(),
    /** Of the managed ones: those that serve what they should, with a certificate that is valid. */
    same: z.number().int(),
    /** Those that do not, or whose certificate has expired or is revoked. */
    notServed: z.number().int(),
    unknown: z.number().int(),
  }),
  certificates: z.object({
    total: z.number().int(),
    expired: z.number().int(),
    within7Days: z.number().int(),
    within30Days: z.number().int(),
  }),
  tasks: z.object({ live: z.number().int(), waiting: z.number().int(), failedLastDay: z.number().int() }),
  approvalsPending: z.number().int(),
  unreadNotifications: z.number().int(),
  /** Plans that wait for a decision, and what else is unread and asks for a person. */
  actionRequired: z.number().int(),
  /** Endpoints that are reached without a check of who answers. Left out: there are none. */
  unverified: z
    .array(
      z.object({
        endpointId: z.string(),
        name: z.string(),
        reason: z.string(),
        /** The last day, `2027-01-31`. */
        until: z.string(),
        ended: z.boolean(),
      }),
    )
    .optional(),
  /** The nodes to look at first, worst first, at most 10. */
  worst: z.array(
    z.object({
      nodeId: z.string(),
      endpointId: z.string(),
      name: z.string(),
      level: healthLevel,
      sentence: z.string(),
      notAfter: z.number().int().nullable(),
      /** The certificate on disk was obtained here. */
      managed: z.boolean(),
      /** A certificate can be installed there. */
      requestable: z.boolean(),
      /** One is installed there that its server has to be restarted for. */
      restartRequired: z.boolean(),
    }),
  ),
});
export type Overview = z.infer<typeof overview>;
