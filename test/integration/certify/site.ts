import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '#shared/model/plan.ts';
import type { TestAgent } from '#test/make/agent.ts';
import { makeCa, makeLeaf } from '#test/make/certificates.ts';
import { type RunningNginx, startNginx } from '#test/servers/nginx.ts';
import { probeTls } from '../../../electron/discovery/tls-probe.ts';

export const shop = 'shop.example';

export interface Site {
  nginx: RunningNginx;
  port: number;
  /** Fingerprint of the certificate it starts with. */
  oldFingerprint: string;
  /** Leaf shown at the port now, or why none. */
  served(): Promise<string>;
  /**
   * Every file below the configuration directory: path → content (base64), owner, group, mode. Left out: logs and pids, and keys that stay
   * for the next task.
   */
  state(): Record<string, string>;
  /** The same with those keys. */
  all(): Record<string, string>;
}

/**
 * A real nginx that serves `shop.example` with a certificate which did not come through the agent. `had`: the names in it,
 * when they are others than those of the server block.
 */
export async function startSite(
  options: { dir?: string; names?: string[]; had?: string[]; root?: string } = {},
): Promise<Site> {
  const names = options.names ?? [shop];
  const old = makeLeaf(makeCa({ commonName: 'Somebody else' }), { names: options.had ?? names });
  const nginx = await startNginx({
    ...(options.dir === undefined ? {} : { dir: options.dir }),
    files: { 'tls/shop.crt': old.chainPem, 'tls/shop.key': old.keyPem },
    servers: [
      {
        listen: ['127.0.0.1:{port} ssl'],
        names,
        certificates: [{ certificate: 'tls/shop.crt', key: 'tls/shop.key' }],
        ...(options.root ? { root: options.root } : {}),
      },
    ],
  });
  const port = nginx.ports[0] ?? 0;
  return {
    nginx,
    port,
    oldFingerprint: old.facts.fingerprint,
    async served() {
      const answer = await probeTls({ address: '127.0.0.1', port, serverName: names[0] ?? null });
      return answer.kind === 'certificate' ? answer.leafFingerprint : answer.code;
    },
    state: () => tree(nginx.dir, /\.(pid|log)$|_temp|\/\.trustkeep-[^/]*\.key\./),
    all: () => tree(nginx.dir, /\.(pid|log)$|_temp/),
  };
}

function tree(directory: string, leftOut: RegExp): Record<string, string> {
  const found: Record<string, string> = {};
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).map(
    (entry) => [join(entry.parentPath, entry.name), entry] as const,
  );
  // some file systems list a file that was replaced at another place
  for (const [path, entry] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!entry.isFile() || leftOut.test(path)) continue;
    const facts = statSync(path);
    found[path] =
      `${readFileSync(path).toString('base64')} ${facts.uid}:${facts.gid} ${facts.mode.toString(8)}`;
  }
  return found;
}

/** Adds the site as an endpoint on this machine, waits for its nodes, gives the node's id. */
export async function addSite(
  agent: TestAgent,
  site: Site,
  more: Record<string, string | number | boolean> = {},
): Promise<{ endpointId: string; nodeId: string }> {
  const added = await agent.call.endpoints.add({
    type: 'nginx',
    name: 'web1',
    nginx_config_path: site.nginx.configPath,
    ...more,
  });
  if (added.taskId === null) throw new Error('no discovery was started');
  await agent.until(added.taskId);
  const node = (await agent.call.nodes.list({ endpoint: 'web1' }))[0];
  if (node === undefined) throw new Error('no node was found');
  return { endpointId: added.endpoint.id, nodeId: node.id };
}

/** Waits for the plan of a task and approves it. */
export async function approve(agent: TestAgent, taskId: string): Promise<Plan> {
  await agent.until(taskId, ['waiting', 'failed']);
  const approval = await agent.call.approvals.show({ approval: taskId });
  await agent.call.approvals.approve({ approval: approval.id, fingerprint: approval.plan.fingerprint });
  return approval.plan;
}
