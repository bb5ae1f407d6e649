import type { Clock } from '#kit/clock.ts';
import type { ProbeTls } from '../agent/steps/step.ts';
import type { UpdateParts } from '../agent/updates/updater.ts';
import type { AuthorityTools } from '../providers/authorities/registry.ts';
import type { HostConnection } from '../providers/connections/connection.ts';
import type { StoreTools } from '../providers/credential-stores/registry.ts';
import type { Keychain } from '../secrets/keychain.ts';

/** The seams: what tests replace. Everything left out is real. */
export interface Overrides {
  clock?: Clock;
  keychain?: () => Keychain;
  probeTls?: ProbeTls;
  /** Wraps every connection to a host, to lose or slow it. */
  connection?: (made: HostConnection) => HostConnection;
  authorityTools?: Partial<AuthorityTools>;
  storeTools?: Partial<StoreTools>;
  updates?: Partial<UpdateParts>;
}
