import { afterEach } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { type MadeLeaf, makeLeaf } from '#test/make/certificates.ts';
import { open, restart, testCa } from '#test/make/endpoints.ts';
import { type NginxOptions, type RunningNginx, startNginx } from '#test/servers/nginx.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import type { Endpoint, Material } from '../../../electron/providers/endpoints/endpoint.ts';

export const running: { stop(): Promise<void> }[] = [];

export const leafFor = (...names: string[]) => makeLeaf(testCa, { names, intermediate: true });
export const files = (leaves: Record<string, MadeLeaf>) =>
  Object.fromEntries(
    Object.entries(leaves).flatMap(([name, leaf]) => [
      [`${name}.crt`, leaf.chainPem],
      [`${name}.key`, leaf.keyPem],
    ]),
  );
export const pair = (name: string) => ({ certificate: `${name}.crt`, key: `${name}.key` });

export async function start(options: NginxOptions): Promise<{ server: RunningNginx; endpoint: Endpoint }> {
  const server = await startNginx(options);
  running.push(server);
  return { server, endpoint: endpointOf(server) };
}

export const endpointOf = (server: RunningNginx) =>
  open(
    { settings: { type: 'nginx', nginxConfigPath: server.configPath, nginxPath: server.program } },
    new LocalConnection(systemClock),
  );

async function nodeNamed(endpoint: Endpoint, name: string): Promise<DiscoveredNode> {
  const nodes = await endpoint.nodes();
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name} among ${nodes.map((one) => one.name).join(', ')}`);
  return node;
}

export async function planFor(endpoint: Endpoint, name: string): Promise<InstallPlan> {
  return endpoint.plan((await nodeNamed(endpoint, name)).key);
}

/** Leaf that each proof of a plan shows. */
export async function shown(plan: InstallPlan): Promise<(string | null)[]> {
  const answers = await Promise.all(plan.proofs.map((proof) => probeTls(proof)));
  return answers.map((answer) => (answer.kind === 'certificate' ? answer.leafFingerprint : null));
}

export async function installAndRestart(endpoint: Endpoint, plan: InstallPlan, material: Material) {
  const snapshot = await endpoint.snapshot(plan, 't');
  await endpoint.install(plan, material);
  await restart(endpoint);
  return snapshot;
}

/** What a test started is stopped after it. */
export function prepareNginx(): void {
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.stop();
  });
}
