import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../../../electron/transport/client.ts';
import type { Bundle } from '../bundle.ts';
import { KilledAgent } from './agent.ts';
import { type Servers, startServers, type Target } from './servers.ts';

export const store = 'trustkeep-store';
export const countedCredential = 'counted';
export const authorities = ['local', 'by files', 'by the agent'] as const;
export type AuthorityName = (typeof authorities)[number];

/** Servers and one agent that manages them, for many rounds. */
export interface World {
  directory: string;
  servers: Servers;
  agent: KilledAgent;
  /** Id of the node of a target, by the name of its endpoint. */
  nodes: Map<string, string>;
  /** Name under which the agent knows an authority. */
  authorityNames: Map<AuthorityName, string>;
  /** Endpoints whose certificate came through the agent: they can be renewed. */
  managed: Set<string>;
  /** Endpoints whose plans need no person. */
  automatic: Set<string>;
  /** The last number that the agent acknowledged to have stored as the password of the counted credential. */
  acknowledged: number;
  /** Audit rows up to this number were checked. */
  audited: number;
  /** So much of what the CA said was read. */
  heard: number;
  stop(): Promise<void>;
}

/** `directory` is made, and removed by `stop`, after `release` of what is mounted there. */
export async function makeWorld(
  built: Bundle,
  directory: string,
  release: () => Promise<void> = async () => {},
): Promise<World> {
  const servers = await startServers(directory);
  const agent = new KilledAgent(built, directory);
  const world: World = {
    ...{ directory, servers, agent, nodes: new Map(), authorityNames: new Map() },
    ...{ managed: new Set(), automatic: new Set(), acknowledged: 0, audited: 0, heard: 0 },
    async stop() {
      await agent.end('SIGKILL');
      await servers.stop();
      await release();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await agent.start();
    await called(agent, (client) => fill(world, client));
    await agent.end('SIGTERM'); // what was compiled is kept at an end, for all starts to come
    await agent.start();
    return world;
  } catch (error) {
    await world.stop();
    throw error;
  }
}

async function called<T>(agent: KilledAgent, work: (client: Client) => Promise<T>): Promise<T> {
  const answer = await agent.call(work);
  if (answer === null) throw new Error(`the agent went away; see ${agent.logPath}`);
  return answer;
}

async function fill({ servers, authorityNames, nodes }: World, client: Client): Promise<true> {
  const { pebble, responderPort, webRoot } = servers;
  await client.secrets.choose({ kind: 'key-file' });
  await client.settings.set({ proof_seconds: 3 });
  const acme = {
    ...{ kind: 'acme' as const, directory_url: pebble.directoryUrl, trusted_roots: pebble.rootPem },
    agree_to_terms: true,
  };
  const local = (await client.authorities.list({})).find(({ settings }) => settings.kind === 'local');
  authorityNames.set('local', local?.name ?? '');
  for (const [name, validation] of [
    ['by files', { validation: 'http-01-web-root', web_root: webRoot }],
    [
      'by the agent',
      {
        validation: 'http-01-agent',
        responder_address: '127.0.0.1',
        responder_port: responderPort,
      },
    ],
  ] as const) {
    await client.authorities.add({ ...acme, name, ...validation });
    authorityNames.set(name, name);
  }
  await client.credentials.add({ storename: store, id: countedCredential, password: '0' });
  for (const target of servers.targets) nodes.set(target.endpoint, await addTarget(client, servers, target));
  return true;
}

async function addTarget(client: Client, servers: Servers, target: Target): Promise<string> {
  const { nginx, sshd, nginxProgram, reloadScript } = servers;
  const login =
    target.connection === 'local'
      ? {}
      : {
          ...{ connection_type: 'ssh', host: sshd.host, port: sshd.port, user: sshd.user },
          ssh_key_path: sshd.privateKeyPath,
        };
  const added = await client.endpoints.add({
    ...{ type: target.type, name: target.endpoint, ...login },
    ...(target.type === 'nginx'
      ? { nginx_config_path: nginx.configPath, nginx_path: nginxProgram }
      : {
          ...{ path: target.certificate, key_path: target.key },
          ...{ restart_script: reloadScript, served_at: `127.0.0.1:${target.port}` },
        }),
  });
  for (;;) {
    const task = added.taskId === null ? null : (await client.tasks.show({ task: added.taskId })).task;
    if (task?.state === 'failed') throw new Error(task.failure?.sentence);
    if (task === null || task.finishedAt !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const found = await client.nodes.list({ endpoint: target.endpoint });
  const node = found.find(({ name }) => target.type === 'pem' || name === target.host);
  if (node === undefined) throw new Error(`${target.endpoint} has no node ${target.host}`);
  return node.id;
}

export const nodeOf = (world: World, { endpoint }: Target): string => world.nodes.get(endpoint) ?? '';
export const scratchOf = (world: World): string => join(world.directory, 'scratch');
