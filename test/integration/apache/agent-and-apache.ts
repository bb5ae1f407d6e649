import { afterEach, beforeEach } from 'vitest';
import { startAgent, type TestAgent, tempDirectory } from '#test/make/agent.ts';
import type { MadeLeaf } from '#test/make/certificates.ts';
import { listingButKeptKeys } from '#test/make/endpoints.ts';
import { type RunningApache, startApache } from '#test/servers/apache.ts';
import type { Overrides } from '../../../electron/compose/overrides.ts';
import type { HostConnection } from '../../../electron/providers/connections/connection.ts';
import { files, host, leafFor, pair, rsaLeafFor, shown } from './real-apache.ts';

/** Two instances with trees of their own, and an agent that manages both; new for every test. */

let agent: TestAgent;
export let shop: Instance;
export let other: Instance;

interface Instance {
  server: RunningApache;
  old: MadeLeaf;
  neighbour: MadeLeaf;
  /** Leaf fingerprints shown for the name of the node and of its neighbour on the same address. */
  served(): Promise<[string | undefined, string | undefined]>;
  state(): Promise<Record<string, string>>;
}

async function startInstance(layout: 'debian' | 'rhel'): Promise<Instance> {
  const [old, neighbour] = [leafFor('shop.example'), leafFor('blog.example')];
  const server = await startApache({
    layout,
    files: files({
      shop: old,
      blog: neighbour,
      ec: leafFor('both.example'),
      rsa: rsaLeafFor('both.example'),
    }),
    site:
      host('shop.example', pair('shop')) +
      host('blog.example', pair('blog')) +
      host('both.example', pair('ec') + pair('rsa')),
  });
  return {
    ...{ server, old, neighbour },
    served: async () => [(await shown(server, 'shop.example'))[0], (await shown(server, 'blog.example'))[0]],
    state: () => listingButKeptKeys(server.dir),
  };
}

let dataDirectory: string;

export async function start(overrides: Overrides = {}): Promise<void> {
  agent = await startAgent({ dataDirectory, overrides });
}

export function prepareInstances(): void {
  let data: ReturnType<typeof tempDirectory>;
  beforeEach(async () => {
    data = tempDirectory('apache');
    dataDirectory = data.path;
    [shop, other] = await Promise.all([startInstance('debian'), startInstance('rhel')]);
  });
  afterEach(async () => {
    await agent.close();
    await Promise.all([shop.server.stop(), other.server.stop()]);
    data.remove();
  });
}

/** Adds an instance as an endpoint, waits for its nodes, gives the ID of the one under test. */
export async function add(
  name: string,
  { server }: Instance,
  more: Record<string, string | number> = {},
  wanted = 'shop.example',
): Promise<string> {
  const { apachectlPath, serverRoot, configFile } = server.settings;
  const added = await agent.call.endpoints.add({
    ...{ type: 'apache', name, apachectl_path: apachectlPath, server_root: serverRoot, ...more },
    ...(configFile === null ? {} : { config_file: configFile }),
  });
  if (added.taskId === null) throw new Error('no discovery was started');
  await agent.until(added.taskId);
  const nodes = await agent.call.nodes.list({ endpoint: name });
  const node = nodes.find((one) => one.name === wanted);
  if (node === undefined) throw new Error('the node was not found');
  return node.id;
}

/** Requests a certificate, approves its plan, and gives the task as it ended. */
export async function certify(
  nodeId: string,
  more: { key_place?: 'agent' | 'endpoint'; key_type?: 'rsa-2048' } = {},
) {
  const { taskId } = await agent.call.certificates.request({ node: nodeId, ...more });
  await agent.until(taskId, ['waiting', 'failed']);
  const approval = await agent.call.approvals.show({ approval: taskId });
  await agent.call.approvals.approve({ approval: approval.id, fingerprint: approval.plan.fingerprint });
  return { plan: approval.plan, task: await agent.until(taskId) };
}

/** The same connection, with something done before some of its commands. */
export function before(
  real: HostConnection,
  isOne: (argv: readonly string[]) => boolean,
  done: () => Promise<unknown>,
): HostConnection {
  return new Proxy(real, {
    get(target, property) {
      if (property === 'exec')
        return async (request: Parameters<HostConnection['exec']>[0]) => {
          if (isOne(request.argv)) await done();
          return target.exec(request);
        };
      const value = Reflect.get(target, property) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
