import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../electron/paths.ts';
import { stageAgent, stageImage } from './agent.ts';
import { writeAgentPackage } from './agent-packages.ts';
import { writeTarGz } from './archive.ts';
import { writeBeside } from './beside.ts';
import type { Target } from './target.ts';

/** What is made of the agent without its desktop. `docker`: what `docker build` makes the image of. */
export const agentKinds = ['agent.deb', 'agent.rpm', 'agent.tar.gz', 'docker'] as const;
type AgentKind = (typeof agentKinds)[number];

export const isOfAgent = (kind: string): kind is AgentKind => agentKinds.some((one) => one === kind);

interface AgentPackages {
  target: Target;
  kinds: readonly AgentKind[];
  version: string;
  dist: string;
  /** Instead of what `npm run build` left. */
  commandLine?: string;
  /** `store` for tests, which have no time for anything else. */
  compression?: 'store';
}

/** Makes packages of the agent in `dist`, with what belongs beside them, and gives their names. */
export async function makeAgent({
  target,
  kinds,
  version,
  dist,
  ...options
}: AgentPackages): Promise<string[]> {
  const { commandLine = join(root, 'out', 'node'), compression } = options;
  const work = join(dist, `.making-agent-${target.arch}`);
  const [agent, image] = [join(work, 'agent'), join(work, 'image')];
  const parts = await stageAgent({ target, commandLine, folder: agent });
  const fast = compression === 'store';
  const packages: string[] = [];
  for (const kind of kinds) {
    const name = `trustkeep-agent-${version}-${kind === 'docker' ? kind : target.system}-${target.arch}`;
    const file = `${name}.${kind === 'docker' ? 'tar.gz' : kind.slice('agent.'.length)}`;
    const to = join(dist, file);
    if (kind === 'docker') {
      await stageImage(agent, image);
      await writeTarGz(image, '.', to, fast);
    } else if (kind === 'agent.tar.gz') await writeTarGz(agent, name, to, fast);
    else {
      const order = { target, version, folder: agent, to, ...(compression && { compression }) };
      await writeAgentPackage({ kind: kind === 'agent.deb' ? 'deb' : 'rpm', ...order });
    }
    await writeBeside([to], { folder: kind === 'docker' ? image : agent, parts });
    packages.push(file);
  }
  await rm(work, { recursive: true, force: true });
  return packages;
}
