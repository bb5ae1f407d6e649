import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Composed } from '../../../electron/compose.ts';
import { Secret } from '../../../electron/secrets/secret.ts';
import type { Client } from '../../../electron/transport/client.ts';
import { makeCa, makeLeaf } from '../certificates.ts';
import { anEndpoint, anSshConnection, aStore } from '../rows.ts';

interface Filling {
  agent: Composed;
  call: Client;
  directory: string;
  /** Of the loopback; nobody listens there. */
  port: number;
  secret: string;
}

export function writeFiles(directory: string): void {
  const files = join(directory, 'files');
  mkdirSync(files);
  const leaf = makeLeaf(makeCa(), { names: ['shop.example'] });
  writeFileSync(join(files, 'site.pem'), `${leaf.keyPem}${leaf.chainPem}`);
  writeFileSync(join(files, 'client.key'), leaf.keyPem);
  spawnSync('mkfifo', [join(files, 'pipe')]);
}

/** Gives the agent something of every kind, where it has none: junk may have removed it. */
export async function fill(filling: Filling): Promise<void> {
  const { agent, call, directory, port, secret } = filling;
  const { database } = agent;
  if (database.credentials.get(defaultStore(agent), 'web') === null)
    await call.credentials.add({ storename: 'trustkeep-store', id: 'web', username: 'a', password: secret });
  const directory_url = `https://127.0.0.1:${port}/directory`;
  if (database.authorities.find('ca') === null)
    await call.authorities.add({ kind: 'acme', name: 'ca', directory_url, agree_to_terms: true });
  if (database.credentialStores.find('vault') === null) addVault(filling);
  if (database.endpoints.find('far') === null) addFar(filling);
  if (database.endpoints.find('web') === null)
    await call.endpoints.add({
      ...{ type: 'pem', name: 'web', path: join(directory, 'files', 'site.pem') },
      served_at: `127.0.0.1:${port}`,
    });
  if (database.approvals.list(['pending']).length === 0)
    await call.certificates.request({ node: await firstNode(agent), authority: 'trustkeep-local' });
}

const defaultStore = ({ database }: Composed): string =>
  database.credentialStores.find('trustkeep-store')?.id ?? '';

/** Neither of these two would be stored by `add`, since nobody answers there. */
function addVault({ agent: { database }, port, secret }: Filling): void {
  const vault = aStore({
    ...{ name: 'vault', kind: 'hashicorp' },
    settings: {
      ...{ kind: 'hashicorp', vaultUrl: `https://127.0.0.1:${port}`, auth: { type: 'Token' } },
      ...{ rootPath: 'secret', namespace: null, authMount: 'approle', trustedRootsPem: null, verify: null },
    },
  });
  database.credentialStores.insert(vault);
  database.secrets.put(vault.id, 'token', Secret.of(secret));
}

function addFar({ agent: { database }, port, secret }: Filling): void {
  const far = anEndpoint({ name: 'far', connection: anSshConnection({ host: '127.0.0.1', port }) });
  database.endpoints.insert(far);
  database.secrets.put(far.id, 'password', Secret.of(secret));
}

/** Of the endpoint "web", once it has been found. */
async function firstNode({ database }: Composed): Promise<string> {
  for (let tries = 0; tries < 500; tries += 1) {
    const node = database.nodes.list(database.endpoints.find('web')?.id ?? '').at(0);
    if (node !== undefined) return node.id;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('no node was found');
}
