import type { Task } from '#shared/model/task.ts';
import { agentItself, type Caller } from '../caller.ts';
import type { Domain } from '../domain.ts';
import { aboutEndpoint, findEndpoint } from '../find.ts';
import { firstTurnMs } from '../loops/loop.ts';
import { discoverKind } from './discover-kind.ts';
import { scanTurn } from './scan.ts';

interface DiscoveryCommands {
  /** Begins to find the nodes of an endpoint; gives the task that does so already, when there is one. */
  discover(endpointId: string, caller: Caller): Task;
}

/** Finding nodes on endpoints, when asked and from time to time. */
export const discovery: Domain<DiscoveryCommands> = {
  taskKinds: [discoverKind],
  open({ parts, begin }) {
    const { database, clock, settings } = parts;
    const discover = (endpointId: string, caller: Caller): Task =>
      begin(discoverKind.kind, aboutEndpoint(findEndpoint(database, endpointId)), caller, {});
    const tried = new Map<string, number>();
    const scan = {
      database,
      clock,
      tried,
      settings,
      discover: (id: string) => void discover(id, agentItself),
    };
    return {
      commands: { discover },
      loops: [{ name: 'scan', firstTurnMs, wokenBy: ['agent'], turn: () => scanTurn(scan) }],
    };
  },
};
