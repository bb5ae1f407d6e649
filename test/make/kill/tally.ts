import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from './world.ts';

/** What many rounds came to. */
export interface Tally {
  /** Rounds that were made. */
  rounds: number;
  /** How often each was seen, by what. */
  counts: Map<string, number>;
  /** One line each, with where the state of the round was put. */
  findings: string[];
}

export const newTally = (): Tally => ({ rounds: 0, counts: new Map(), findings: [] });

export function count({ counts }: Tally, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

/** Ends the agent and copies everything there is of a world to `kept`. Says where, and gives the line. */
export async function keep(
  { agent, servers, directory }: World,
  kept: string,
  line: string,
): Promise<string> {
  await agent.end('SIGKILL');
  mkdirSync(kept, { recursive: true });
  writeFileSync(join(kept, 'finding.txt'), `${line}\n`);
  writeFileSync(join(kept, 'pebble.log'), servers.pebble.output());
  writeFileSync(join(kept, 'sshd.log'), servers.sshd.output());
  const wanted = (path: string): boolean => !/\.sock$|\/temp$/.test(path);
  cpSync(directory, join(kept, 'world'), { recursive: true, filter: wanted });
  process.stderr.write(`Kept in ${kept}: ${line}\n`);
  return line;
}
