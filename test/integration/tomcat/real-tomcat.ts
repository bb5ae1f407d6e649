import { systemClock } from '#kit/clock.ts';
import type { TomcatSettings } from '#shared/catalog/endpoints/tomcat.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { type MadeLeaf, makeLeaf } from '#test/make/certificates.ts';
import { endpointTools, restart, testCa } from '#test/make/endpoints.ts';
import { managerPassword, type RunningTomcat } from '#test/servers/tomcat.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';
import type { HostConnection } from '../../../electron/providers/connections/connection.ts';
import { LocalConnection } from '../../../electron/providers/connections/local/local.ts';
import type { EndpointTools } from '../../../electron/providers/endpoints/common/tools.ts';
import type { Endpoint, Material } from '../../../electron/providers/endpoints/endpoint.ts';
import { makeEndpoint } from '../../../electron/providers/endpoints/registry.ts';
import { Secret } from '../../../electron/secrets/secret.ts';

export const leafFor = (...names: string[]): MadeLeaf => makeLeaf(testCa, { names, intermediate: true });

/** The files of certificates in PEM, by a name for each. */
export const files = (leaves: Record<string, MadeLeaf>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(leaves).flatMap(([name, leaf]) => [
      [`conf/${name}.crt`, leaf.chainPem],
      [`conf/${name}.key`, leaf.keyPem],
    ]),
  );

export const pem = (name: string, more = ''): string =>
  `<Certificate certificateFile="conf/${name}.crt" certificateKeyFile="conf/${name}.key" ${more}/>`;

/** A connector with these hosts, on a port such as `{port2}`. */
export const connector = (port: string, hosts: string, more = ''): string =>
  `    <Connector port="${port}" address="127.0.0.1" SSLEnabled="true" ${more}>\n${hosts}\n    </Connector>`;

export const host = (name: string, certificates: string): string =>
  `      <SSLHostConfig hostName="${name}">\n        ${certificates}\n      </SSLHostConfig>`;

const tools: EndpointTools = {
  ...endpointTools,
  secrets: { open: async (name) => (name === 'manager_password' ? Secret.of(managerPassword) : null) },
};

export function endpointOf(
  { dir }: Pick<RunningTomcat, 'dir'>,
  more: Partial<TomcatSettings> = {},
  connection: HostConnection = new LocalConnection(systemClock),
): Endpoint {
  const settings: TomcatSettings = {
    ...{ type: 'tomcat', tomcatDir: dir, managerUrl: null, managerUser: null, service: null },
    restartMethod: 'auto',
    secrets: { manager_password: { from: 'endpoint' } },
    ...more,
  };
  return makeEndpoint(settings, connection, tools);
}

/** The settings of a manager that this Tomcat has. */
export const managed = ({ ports }: RunningTomcat): Partial<TomcatSettings> => ({
  managerUrl: `http://127.0.0.1:${ports[0]}/manager`,
  managerUser: 'deploy',
});

export async function planFor(endpoint: Endpoint, name: string): Promise<InstallPlan> {
  const nodes = await endpoint.nodes();
  const node = nodes.find((one) => one.name === name);
  if (node === undefined) throw new Error(`no node ${name} among ${nodes.map((one) => one.name).join(', ')}`);
  return endpoint.plan(node.key);
}

/** Leaf that each proof shows; null: the handshake does not complete. */
export async function shown(plan: Pick<InstallPlan, 'proofs'>): Promise<(string | null)[]> {
  const answers = await Promise.all(plan.proofs.map((proof) => probeTls(proof)));
  return answers.map((answer) => (answer.kind === 'certificate' ? answer.leafFingerprint : null));
}

/** What the address of a node shows to those who send this name. */
export async function leafAt(port: number, serverName: string | null, keyAlgorithm?: 'rsa' | 'ecdsa') {
  const answer = await probeTls({ address: '127.0.0.1', port, serverName, keyAlgorithm });
  return answer.kind === 'certificate' ? answer.leafFingerprint : answer.code;
}

export async function installAndRestart(endpoint: Endpoint, plan: InstallPlan, material: Material) {
  const snapshot = await endpoint.snapshot(plan, 't');
  await endpoint.install(plan, material);
  await restart(endpoint);
  return snapshot;
}
