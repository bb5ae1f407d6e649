import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LicensedPart } from '../../build/licenses.ts';
import { root } from '../electron/paths.ts';
import { writeCommandLine } from './command-line.ts';
import { openToAll } from './fpm/tree.ts';
import { partsOf } from './parts.ts';
import type { Target } from './target.ts';

interface AgentOptions {
  target: Target;
  /** The built command line. */
  commandLine: string;
  /** Made anew. */
  folder: string;
}

/**
 * The agent alone: command line and service as they lie in the desktop's package, below the same names, so that one can take
 * the place of the other under a service that is installed. Gives the parts of others in it.
 */
export async function stageAgent({ target, commandLine, folder }: AgentOptions): Promise<LicensedPart[]> {
  await rm(folder, { recursive: true, force: true });
  const cli = join(folder, 'resources', 'cli');
  await mkdir(cli, { recursive: true });
  await cp(join(root, 'LICENSE'), join(folder, 'resources', 'LICENSE.txt'));
  await writeCommandLine(target, commandLine, cli);
  const parts = await partsOf({
    built: [commandLine],
    modules: [join(cli, 'node_modules')],
    nodeLicense: join(cli, 'NODE-LICENSE.txt'),
    electron: false,
  });
  await writeFile(join(cli, 'licenses.json'), JSON.stringify(parts));
  await openToAll(folder);
  return parts;
}

/** What `docker build` is given: the Dockerfile, the compose file, and the agent as the image has it. */
export async function stageImage(agent: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await cp(join(root, 'build', 'docker'), folder, { recursive: true });
  const inside = join(folder, 'agent');
  await cp(agent, inside, { recursive: true, verbatimSymlinks: true });
  await writeFile(join(inside, 'resources', 'package-type'), 'docker');
  await openToAll(folder); // the account in the image is another one
}
