import type { KeychainState } from '#shared/contract/agent.ts';
import type { Settings } from '#shared/model/settings.ts';
import type { Authority, KeepsRoot } from '../providers/authorities/authority.ts';
import type { Channel } from '../providers/channels/channel.ts';
import type { OpenConnectionParts } from './open-connection.ts';
import type { AcceptsConnections, ProbeTls } from './steps/step.ts';
import type { UpdateParts } from './updates/updater.ts';

/** Everything the agent meets the world through; compose gives it. */
export interface AgentParts extends OpenConnectionParts {
  probeTls: ProbeTls;
  acceptsConnections: AcceptsConnections;
  /** In force now: asked at each use, so that a change needs no restart. */
  settings(): Settings;
  /** Backs the database up when the last backup is this old. */
  backUp(olderThanMs: number): void;
  /** Cached adapter of a stored authority. Throws `authority.not-found`. */
  authority(id: string): Authority & Partial<KeepsRoot>;
  /** The same at the test directory of its CA. Throws `authority.not-found`, `authority.no-test-directory`. */
  atTestDirectory(id: string): { authority: Authority; host: string };
  /** The adapter of a stored channel. Throws `channel.not-found`. */
  channel(id: string): Channel;
  /** How this machine is called, for who reads of it elsewhere. */
  machine: string;
  /** Roots known on this machine, PEM. */
  machineRoots(): readonly string[];
  updates: UpdateParts;
  keychainState(): KeychainState;
  /** Finds the master key, or begins to wait for a person. Comes back within seconds either way. */
  unlock(): Promise<void>;
}
