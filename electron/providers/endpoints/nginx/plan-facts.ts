import type { HostConnection } from '../../connections/connection.ts';
import type { Managers } from '../common/managers.ts';
import type { OnDisk } from '../common/on-disk.ts';
import type { RunningServer } from './commands.ts';
import type { NginxNode } from './nodes.ts';
import type { Configuration } from './parse.ts';
import type { Program } from './program.ts';
import type { Server } from './servers.ts';

/** What is known when the plan for one node is made, all read at one moment. */
export interface PlanFacts {
  connection: HostConnection;
  program: Program;
  configuration: Configuration;
  servers: Server[];
  nodes: NginxNode[];
  chosen: NginxNode;
  running: RunningServer | null;
  managers: Managers;
  /** Where a configured path leads. */
  real: (path: string) => string;
  read: (path: string) => OnDisk | null;
  /** Of the file there, private keys left out; null: it was not read. */
  text: (realPath: string) => string | null;
}
