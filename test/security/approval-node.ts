import { Failure } from '#shared/failure.ts';
import { type EndpointNode, endpointNode } from '#shared/model/node.ts';
import type { Task } from '#shared/model/task.ts';
import { aFoundNode } from '#test/make/certificate-rows.ts';
import { now } from '#test/make/database.ts';
import { endpointTools } from '#test/make/endpoints.ts';
import type { OpenConnection } from '../../electron/agent/steps/step.ts';
import type { Database } from '../../electron/database/database.ts';
import type { Authority } from '../../electron/providers/authorities/authority.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';
import { PemEndpoint } from '../../electron/providers/endpoints/pem/pem.ts';
import { drive } from './approval-drive.ts';

/** A node in which every field has a value. */
export const node: EndpointNode = endpointNode.parse({
  ...aFoundNode('shop', {
    alias: 'shop.example',
    webRoot: '/srv/www',
    notInstallable: 'Not now.',
    managedBy: { who: 'certbot', evidence: 'its note' },
  }),
  ...{ id: 'node_1', endpointId: 'ep_1', endpointName: 'web1', orderNumber: 7, missingSince: now },
  revoked: true,
  restartRequired: true,
  bindings: [
    {
      ...{ address: '127.0.0.1', port: 443, configured: '*:443', isDefault: true },
      ...{ proxyProtocol: true, startTls: 'imap' },
    },
  ],
  served: { state: 'same', fingerprint: 'f', sentence: 'It is served.', at: now },
  discoveredAt: now,
});

/** What is done on the host by the step that the task stands at, while the node's row says that. */
export async function doneOnHost(
  database: Database,
  task: Task,
  stored: EndpointNode,
  file = '/.well-known/acme-challenge/token',
): Promise<string[]> {
  const done: string[] = [];
  const connection = {
    description: 'web1',
    async exec({ argv }: { argv: readonly string[] }) {
      done.push(argv.join(' '));
      return { code: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), timedOut: false };
    },
    async write(path: string) {
      done.push(`write ${path}`);
    },
  } as unknown as HostConnection;
  const settings = { keyPath: null, servedAt: null, installScript: '/in', restartScript: null };
  const pem = new PemEndpoint({ type: 'pem', path: '/x.pem', ...settings }, connection, endpointTools);
  const endpoint = {
    checkSnapshot: async () => {},
    install: async () => {},
    powers: { ...pem.powers, restarts: { restart: asFarAsItHasToGet } },
  };
  withInput(database, task);
  await drive(reading(database, stored), task, {
    openConnection: async () => ({ connection, endpoint }) as unknown as OpenConnection,
    authority: () =>
      ({
        async submit(_request, _known, { webRoot }) {
          await webRoot?.put(file, 'answer');
          return asFarAsItHasToGet();
        },
      }) as Partial<Authority> as Authority,
  });
  return done;
}

/** What the task was asked for. */
function withInput(database: Database, task: Task): void {
  const row = database.tasks.get(task.id);
  if (row === null) throw new Error('the task is gone');
  database.tasks.update({ ...row, memory: { ...row.memory, input: { reason: 'request' } } });
}

async function asFarAsItHasToGet(): Promise<never> {
  throw new Failure('connection.lost', 'This is as far as it has to get.');
}

/** The same database, but for the node's row. */
function reading(database: Database, stored: EndpointNode): Database {
  return new Proxy(database, {
    get(target, name) {
      if (name === 'nodes') return { get: () => stored };
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
