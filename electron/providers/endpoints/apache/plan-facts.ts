import type { HostConnection } from '../../connections/connection.ts';
import type { Managers } from '../common/managers.ts';
import type { RunningServer } from './commands.ts';
import type { ApacheNode } from './nodes.ts';
import type { View } from './view.ts';

/** What is known when the plan for one node is made, all read at one moment. */
export interface PlanFacts extends View {
  connection: HostConnection;
  chosen: ApacheNode;
  running: RunningServer | null;
  managers: Managers;
  /** Directory for files of a node's own; null: beside its present ones. */
  certDir: string | null;
  /** Bytes of the configuration files that may be edited, by the name that Apache gives them. */
  contents: ReadonlyMap<string, Buffer>;
  /** Whether Apache would read a file there as configuration. */
  isRead: (path: string) => boolean;
}
