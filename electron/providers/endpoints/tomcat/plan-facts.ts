import type { HostConnection } from '../../connections/connection.ts';
import type { Managers } from '../common/managers.ts';
import type { TomcatNode } from './nodes.ts';
import type { View } from './view.ts';
import type { Restart, Way } from './ways.ts';

/** What is known when the plan for one node is made, all read at one moment. */
export interface PlanFacts {
  connection: HostConnection;
  view: View;
  chosen: TomcatNode;
  managers: Managers;
  /** Epoch milliseconds. */
  now: number;
  /** The configuration is another one than when Tomcat started. */
  changedSince: boolean;
  /** How it is made to serve the change, when its configuration is edited or not. */
  way: (edited: boolean) => Promise<Way>;
  /** How a dead one is started; null: it is not ours to start. */
  startAgain: Restart | null;
}
