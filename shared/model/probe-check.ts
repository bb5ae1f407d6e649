import { z } from 'zod';
import { identityMismatch } from '../failure.ts';

/**
 * What a probe, a test or a way is looked at for. Reports are stored: a name may be added, and never goes. What a person
 * reads for it is in `renderer/text`.
 */
const checkName = z.enum([
  // what is reached, and as whom
  'connect',
  'credential',
  'host-key',
  'log-in',
  // an endpoint
  'program',
  'configuration',
  'running',
  'file',
  'pair',
  'write',
  'openssl',
  'install-script',
  'restart-script',
  // an authority
  'directory',
  'account',
  'contact',
  'certificate-profile',
  'renewal-information',
  'key',
  'root',
  // a credential store, and the way over HTTP
  'resolve',
  'tls',
  'read',
  'route',
  'proxy',
  'authentication',
  'tunnel',
  'answer',
]);
export type CheckName = z.infer<typeof checkName>;

export const probeCheck = z.object({
  name: checkName,
  ok: z.boolean(),
  /** What was found, or why not and what to do. */
  sentence: z.string(),
  /** Where somebody else answered than the one who is pinned: the two, for whoever compares them. */
  identity: identityMismatch.optional(),
});
export type ProbeCheck = z.infer<typeof probeCheck>;
