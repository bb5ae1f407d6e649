import { afterEach } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import type { DiscoveredNode } from '#shared/model/node.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { type MadeLeaf, makeLeaf } from '#test/make/certificates.ts';
import { open, restart, testCa } from '#test/make/endpoints.ts';
import { type ApacheOptions, type RunningApache, startApache } from '#test/servers/apache.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import type { Endpoint, Material } from '../../../electron/providers/endpoints/endpoint.ts';

const running: { stop(): Promise<void> }[] = [];

export const leafFor = (...names: string[]): MadeLeaf => makeLeaf(testCa, { names, intermediate: true });
export const rsaLeafFor = (...names: string[]): MadeLeaf =>
  makeLeaf(testCa, { names, intermediate: true, keyType: 'rsa-2048' });

/** `NAME.crt` and `NAME.key` below `tls/`. */
export const files = (leaves: Record<string, MadeLeaf>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(leaves).flatMap(([name, leaf]) => [
      [`tls/${name}.crt`, leaf.chainPem],
      [`tls/${name}.key`, leaf.keyPem],
    ]),
  );

/** The lines of a pair, as `files` lays it. */
export const pair = (name: string): string =>
  `  SSLCertificateFile {dir}/tls/${name}.crt\n  SSLCertificateKeyFile {dir}/tls/${name}.key\n`;

/** One virtual host on `{port}`, or on another address. */
export const host = (name: string, lines: string, address = '127.0.0.1:{port}'): string =>
  `<VirtualHost ${address}>\n  ServerName ${name}\n  SSLEngine on\n${lines}</VirtualHost>\n`;

export async function start(options: ApacheOptions): Promise<{ server: RunningApache; endpoint: Endpoint }> {
  const server = await startApache(options);
  running.push(server);
  return { server, endpoint: endpointOf(server) };
}

const endpointOf = (server: RunningApache, certDir: string | null = null): Endpoint =>
  open({ settings: { type: 'apache', ...server.settings, certDir } }, new LocalConnection(systemClock));

export async function nodeNamed(endpoint: Endpoint, name: string): Promise<DiscoveredNode> {
  const nodes = await endpoint.nodes();
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name} among ${nodes.map((one) => one.name).join(', ')}`);
  return node;
}

export async function planFor(endpoint: Endpoint, name: string): Promise<InstallPlan> {
  return endpoint.plan((await nodeNamed(endpoint, name)).key);
}

/** Chain (fingerprints) shown for a name. */
export async function shown(
  server: RunningApache,
  serverName: string | null,
  port = server.ports[0] ?? 0,
): Promise<string[]> {
  const answer = await probeTls({ address: '127.0.0.1', port, serverName });
  return answer.kind === 'certificate' ? answer.chainFingerprints : [answer.code];
}

export async function installAndRestart(endpoint: Endpoint, plan: InstallPlan, material: Material) {
  const snapshot = await endpoint.snapshot(plan, 't');
  await endpoint.install(plan, material);
  await restart(endpoint);
  return snapshot;
}

/** What a test started is stopped after it. */
export function prepareApache(): void {
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one.stop();
  });
}
