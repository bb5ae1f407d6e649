import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '../electron/paths.ts';
import { sourceDate } from './date.ts';
import { writeDeb } from './fpm/deb.ts';
import { writeRpm } from './fpm/rpm.ts';
import { layOut } from './fpm/tree.ts';
import type { PackageOrder } from './fpm/words.ts';
import type { Target } from './target.ts';

interface AgentPackage {
  kind: PackageOrder['kind'];
  target: Target;
  version: string;
  /** The staged agent. */
  folder: string;
  to: string;
  /** `store` for tests, which have no time for anything else. */
  compression?: 'store';
}

/** The command line and the service have this name in every package; the desktop's is called so as a whole. */
const desktop = 'trustkeep';

/** What Node needs: the oldest of each that it was built for. */
const needed: Record<PackageOrder['kind'], string[]> = {
  deb: ['libc6 (>= 2.28)', 'libstdc++6 (>= 8)'],
  rpm: ['glibc >= 2.28', '(libstdc++ or libstdc++6)'],
};

/** Makes the deb or rpm of the agent for servers, with dpkg-deb or rpmbuild. It needs nothing of a desktop. */
export async function writeAgentPackage(wanted: AgentPackage): Promise<void> {
  const order = orderOf(wanted);
  // on the disk of the package, so that its files can be links
  const work = await mkdtemp(join(dirname(order.to), '.package-'));
  try {
    const folder = join(work, order.name);
    await layOut(order, folder);
    await (order.kind === 'deb' ? writeDeb : writeRpm)(order, folder, sourceDate());
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @internal */
export function orderOf({ kind, target, version, folder, to, compression }: AgentPackage): PackageOrder {
  const scripts = join(root, 'build', 'linux');
  const told = version.replaceAll('-', '~'); // a pre-release comes before its release
  return {
    ...{ kind, to, version: told, architecture: target.arch === 'x64' ? 'amd64' : 'arm64' },
    name: `${desktop}-agent`,
    maintainer: 'Trustkeep contributors',
    summary: 'Keeps the certificates of a network in order: agent for servers',
    description:
      'The agent and the command line of Trustkeep, without its desktop application, for servers.\nTo run it as a service: trustkeep service install',
    license: 'Apache-2.0',
    address: process.env.TRUSTKEEP_HOMEPAGE || null,
    compression: compression ?? (kind === 'deb' ? 'xz' : 'xzmt'),
    depends: needed[kind],
    recommends: [],
    conflicts: [desktop],
    provides: [kind === 'deb' ? `${desktop} (= ${told})` : `${desktop} = ${told}`],
    afterInstall: join(scripts, 'agent-after-install.sh'),
    afterRemove: join(scripts, 'agent-after-remove.sh'),
    beforeRemove: join(scripts, 'before-remove.sh'),
    sources: [{ from: `${folder}/`, to: '/opt/Trustkeep' }],
    links: [{ at: `/usr/bin/${desktop}`, to: '/opt/Trustkeep/resources/cli/trustkeep' }],
  };
}
