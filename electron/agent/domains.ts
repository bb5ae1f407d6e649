import { certificates } from './certificates/certificates.ts';
import { channels } from './channels/channels.ts';
import { discovery } from './discovery/discovery.ts';
import type { DomainLoop, Ground } from './domain.ts';
import { endpoints } from './endpoints/endpoints.ts';
import { TaskKinds } from './tasks/kinds.ts';
import { updates } from './updates/updates.ts';
import { upkeep } from './upkeep/upkeep.ts';

/** The one table: a new field of work is one more line here. */
const domains = { certificates, channels, discovery, endpoints, upkeep, updates };

/** `agent.certificates.request(…)`: the commands of each domain, by its name. */
export type DomainCommands = {
  [Name in keyof typeof domains]: ReturnType<(typeof domains)[Name]['open']>['commands'];
};

/** Every kind of task there is. */
export const taskKinds = new TaskKinds(Object.values(domains).flatMap((domain) => domain.taskKinds));

export function openDomains(ground: Ground): {
  commands: DomainCommands;
  loops: DomainLoop[];
  stop(): Promise<unknown>;
} {
  const opened = Object.entries(domains).map(([name, domain]) => ({ name, ...domain.open(ground) }));
  return {
    commands: Object.fromEntries(opened.map(({ name, commands }) => [name, commands])) as DomainCommands,
    loops: opened.flatMap(({ loops }) => loops),
    stop: () => Promise.all(opened.map((domain) => domain.stop?.())),
  };
}
