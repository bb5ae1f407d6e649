import type { ConnectionSettings } from '#shared/model/connection.ts';
import type { HostConnection, LoginMaterial } from '../../electron/providers/connections/connection.ts';
import { connect } from '../../electron/providers/connections/registry.ts';
import { connectTools } from './connection.ts';
import type { Chance } from './random.ts';

/** What the suite runs over for one connection type; in `test/conformance/connections/`. */
export interface ConnectionShape {
  /** Settings in which every field has a value: each is changed between an approval and its step. */
  everything: ConnectionSettings;
  /**
   * By name: every way in which the adapter works. Each leads to this machine, so that the suite can look at what was
   * done. `can`: this machine has what it takes.
   */
  cases: Record<string, { can: boolean; start(): Promise<ConnectionPeer> }>;
  /** Any settings that a form can make. */
  anySettings(chance: Chance): ConnectionSettings;
}

/** This machine, as one connection type reaches it. */
export interface ConnectionPeer {
  settings: ConnectionSettings;
  login(): LoginMaterial;
  /** As screens and failures name it. */
  description: string;
  /** What `credentialUsed` says of the user. */
  user: string;
  /** Two that the other side refuses, the second with settings that take their user from the login; null: nobody logs in. */
  refused: { wrong(): Attempt; stranger(): Attempt } | null;
  /** An identity that the other side does not have; null: there is nothing to know it by. */
  otherIdentity: string | null;
  stop(): Promise<void>;
}

interface Attempt {
  settings: ConnectionSettings;
  login: LoginMaterial;
}

export function connectToPeer({ settings, login }: ConnectionPeer): Promise<HostConnection> {
  return connect(settings, login(), connectTools);
}
