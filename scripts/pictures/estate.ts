import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../electron/transport/client.ts';
import type { Task } from '../../shared/model/task.ts';
import { type Host, inMaintenance } from './hosts.ts';

const reload = 'exec nginx -s reload';
const failing = `#!/bin/sh
if [ -e ${inMaintenance} ]; then
  echo "reload-webmail: the mail gateway did not come back within 20 s" >&2
  exit 1
fi
${reload}
`;
const slow = `#!/bin/sh
while [ -e ${inMaintenance} ]; do sleep 0.2; done
${reload}
`;

/** What a small company may have. */
export const hosts: readonly Host[] = [
  {
    name: 'web1.example',
    address: '192.0.2.11',
    sites: [
      { name: 'shop.example', days: 6 },
      { name: 'www.shop.example', days: 11 },
      { name: 'blog.example', days: 143 },
    ],
  },
  {
    name: 'web2.example',
    address: '192.0.2.12',
    sites: [
      { name: 'api.example', days: 4 },
      { name: 'status.example', days: -1 },
    ],
  },
  {
    name: 'mail.example',
    address: '192.0.2.13',
    sites: [{ name: 'webmail.example', days: 19 }],
    files: { 'reload-webmail.sh': failing },
  },
  {
    name: 'lb1.example',
    address: '192.0.2.14',
    sites: [{ name: 'portal.example', days: 27 }],
    files: { 'reload-portal.sh': slow },
  },
];

const login = 'deploy';

/** Fills an agent that was just started with what was there, what happened and what is going on, through its contract alone. */
export class Estate {
  readonly #client: Client;
  readonly #keyFile: string;

  /** `keyFile`: where the agent can read it. */
  constructor(client: Client, keyFile: string) {
    this.#client = client;
    this.#keyFile = keyFile;
  }

  /** Endpoints with their nodes, the store that their logins are in, the proxy. */
  async add(): Promise<void> {
    const { settings, credentials, proxy } = this.#client;
    await settings.set({ agent_name: 'Office network', digest_minutes: 0 });
    await proxy.set({ host: 'proxy.example', port: 3128, bypass: ['*.example'], try_first: false });
    const storename = 'trustkeep-store';
    await credentials.add({ storename, id: login, username: 'deploy', privatekeypath: this.#keyFile });
    await credentials.add({ storename, id: 'postmaster', username: 'postmaster', password: 'sample' });
    for (const { name } of hosts.slice(0, 2))
      await this.#endpoint({ type: 'nginx', name: short(name), ...this.#reached(name) });
    for (const [name, site] of [
      ['mail.example', 'webmail'],
      ['lb1.example', 'portal'],
    ] as const)
      await this.#endpoint({
        type: 'pem',
        name: short(name),
        path: `/etc/nginx/tls/${site}.example.pem`,
        restart_script: `/etc/nginx/reload-${site}.sh`,
        served_at: `${name}:443`,
        ...this.#reached(name),
      });
  }

  /** Certificates that were requested, approved, installed and proved. */
  async renew(...nodes: string[]): Promise<void> {
    for (const node of nodes) await this.#ended(await this.#approved(node));
  }

  /** One more, which is still being worked on, or failed, by what its restart script does meanwhile. */
  async begin(node: string): Promise<Task> {
    const taskId = await this.#approved(node);
    return this.#until(taskId, ({ steps }) =>
      steps.some(({ name, state }) => name === 'restart' && state === 'running'),
    );
  }

  async fail(node: string): Promise<Task> {
    return this.#ended(await this.#approved(node));
  }

  /** One whose plan is waiting for a person; gives the ID of its approval. */
  async ask(node: string): Promise<string> {
    return (await this.#client.approvals.show({ approval: await this.#request(node) })).id;
  }

  /** The ID of an endpoint. */
  async endpoint(endpoint: string): Promise<string> {
    return (await this.#client.endpoints.show({ endpoint })).id;
  }

  #reached(host: string) {
    return { connection_type: 'ssh', host, store: 'trustkeep-store', store_cred_id: login } as const;
  }

  async #endpoint(input: Parameters<Client['endpoints']['add']>[0]): Promise<void> {
    const { taskId } = await this.#client.endpoints.add(input);
    if (taskId !== null) await this.#ended(taskId);
  }

  async #request(node: string): Promise<string> {
    const names = [(node.split('/')[1] ?? '').replace(/\.pem$/, '')];
    const { taskId } = await this.#client.certificates.request({ node, names });
    await this.#until(taskId, ({ waitingFor }) => waitingFor === 'approval');
    return taskId;
  }

  async #approved(node: string): Promise<string> {
    const taskId = await this.#request(node);
    const { id, plan } = await this.#client.approvals.show({ approval: taskId });
    await this.#client.approvals.approve({ approval: id, fingerprint: plan.fingerprint });
    return taskId;
  }

  #ended(taskId: string): Promise<Task> {
    return this.#until(taskId, ({ finishedAt }) => finishedAt !== null);
  }

  async #until(task: string, is: (task: Task) => boolean): Promise<Task> {
    for (let turn = 0; turn < 600; turn++) {
      const found = (await this.#client.tasks.show({ task })).task;
      if (is(found)) return found;
      if (found.finishedAt !== null) throw new Error(`${found.kind}: ${JSON.stringify(found)}`);
      await sleep(50);
    }
    throw new Error(`the task ${task} takes too long`);
  }
}

const short = (host: string): string => host.replace('.example', '');
