import type { ConnectionSettings } from '#shared/model/connection.ts';
import {
  answersRequests,
  type HostConnection,
  type LoginMaterial,
} from '../../electron/providers/connections/connection.ts';
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
  /** The same of one that is managed by requests, which has no `cases`. */
  requests?: Record<string, { start(): Promise<RequestPeer> }>;
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

/** A device that answers requests. */
export interface RequestPeer extends Omit<ConnectionPeer, 'refused'> {
  refused: { wrong(): Attempt; stranger(): Attempt };
  /** How many logins are open there. */
  logins(): number;
  /** Everyone has to log in again. */
  forgetLogins(): void;
}

interface Attempt {
  settings: ConnectionSettings;
  login: LoginMaterial;
}

/** To one that is a host. */
export async function connectToPeer({ settings, login }: ConnectionPeer): Promise<HostConnection> {
  const connection = await connect(settings, login(), connectTools);
  if (answersRequests(connection)) throw new Error(`${settings.type} reaches no host`);
  return connection;
}
