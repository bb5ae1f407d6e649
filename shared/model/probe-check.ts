import { z } from 'zod';
import { identityMismatch } from '../failure.ts';

/**
 * What a probe, a test or a way is looked at for: the list for whoever writes a report. What a person reads for it is in
 * `renderer/text`.
 */
export type CheckName =
  // what is reached, and as whom
  | 'connect'
  | 'credential'
  | 'host-key'
  | 'log-in'
  // an endpoint
  | 'program'
  | 'configuration'
  | 'running'
  | 'file'
  | 'pair'
  | 'write'
  | 'openssl'
  | 'manager'
  | 'install-script'
  | 'restart-script'
  // an authority
  | 'directory'
  | 'account'
  | 'contact'
  | 'certificate-profile'
  | 'renewal-information'
  | 'responder'
  | 'key'
  | 'root'
  | 'order'
  | 'control'
  | 'certificate'
  // a credential store, and the way over HTTP
  | 'resolve'
  | 'tls'
  | 'read'
  | 'route'
  | 'proxy'
  | 'authentication'
  | 'tunnel'
  | 'answer';

/** As it is stored and shown: reports outlive the version that wrote them, so a name may be one of another version's list. */
export const probeCheck = z.object({
  name: z.string(),
  ok: z.boolean(),
  /** What was found, or why not and what to do. */
  sentence: z.string(),
  /** Where somebody else answered than the one who is pinned: the two, for whoever compares them. */
  identity: identityMismatch.optional(),
});
export type StoredCheck = z.infer<typeof probeCheck>;

/** As it is written: by a name of the list. */
export interface ProbeCheck extends StoredCheck {
  name: CheckName;
}
