import { join } from 'node:path';
import { z } from 'zod';
import { contract } from '#shared/contract/index.ts';
import type { Composed } from '../../../electron/compose.ts';
import type { Words } from './from-schema.ts';

interface Place {
  directory: string;
  /** Of the loopback; nobody listens there. */
  port: number;
  secret: string;
}

type List = () => readonly string[];

/** Fills fields with what there is in this agent at that moment, and with places that are its own. */
export function makeWords(agent: Composed, { directory, port, secret }: Place): Words {
  const lists: Record<string, List> = { ...namesIn(agent), ...places(directory, port), ...fixed(secret) };
  return {
    secret,
    text: (name, chance) => {
      const list = lists[name]?.() ?? [];
      return list.length === 0 ? undefined : chance.pick(list);
    },
    number(name, chance) {
      if (name.endsWith('port') && chance.int(3) > 0) return port;
      const orders = name === 'number' ? agent.database.orders.list(10) : [];
      return orders.length === 0 ? undefined : chance.pick(orders).number;
    },
    changes: (path) => changesOf(path),
  };
}

function namesIn({ database }: Composed): Record<string, List> {
  const authorities = () => database.authorities.list().flatMap(({ id, name }) => [name, id]);
  const tasks = () => database.tasks.list({ limit: 20 }).map(({ id }) => id);
  const stores = () => database.credentialStores.list().flatMap(({ id, name }) => [name, id]);
  return {
    endpoint: () => database.endpoints.list().flatMap(({ id, name }) => [name, id]),
    node: () =>
      database.nodes.list().flatMap(({ id, name, endpointName }) => [id, `${endpointName}/${name}`]),
    ...{ authority: authorities, fallback_authority: authorities },
    ...{ task: tasks, about: () => [...tasks(), 'web'] },
    approval: () => database.approvals.list(undefined).flatMap(({ id, taskId }) => [id, taskId]),
    ...{ store: stores, storename: stores },
    certificate: () => database.certificates.list().flatMap((one) => [one.fingerprint, one.serial]),
    fingerprint: () => [
      ...database.certificates.list().map((one) => one.fingerprint),
      ...database.approvals.list(undefined).map(({ plan }) => plan.fingerprint),
    ],
    notification: () => database.notifications.list({ limit: 10 }).map(({ id }) => id),
    result: () => database.outbox.list({ limit: 10 }).map(({ id }) => id),
  };
}

function places(directory: string, port: number): Record<string, List> {
  const path = (...parts: string[]): string => join(directory, ...parts);
  const files = [
    ...['site.pem', 'client.key', 'pipe', 'nothing', 'made-1', 'made-2'].map((name) => path('files', name)),
    ...[`${path('files')}/`, `${path('files')}/../files/site.pem`, path('data', 'trustkeep.db')],
  ];
  const addresses = ['127.0.0.1', 'localhost', '::1'];
  const urls = [`http://127.0.0.1:${port}/`, `https://localhost:${port}/a?b=c#d`, `https://[::1]:${port}/x/`];
  const ofPaths = [
    ...['path', 'ssh_key_path', 'nginx_config_path', 'nginx_path', 'nginx_prefix', 'key_path'],
    ...['install_script', 'restart_script', 'web_root', 'dns_add_script', 'dns_remove_script'],
    ...['secretfile', 'authcert', 'privatekeypath', 'trusted_roots', 'rootpath'],
  ];
  const ofAddresses = ['host', 'responder_address', 'tls_alpn_address', 'bypass'];
  const ofUrls = ['directory_url', 'test_directory_url', 'vaulturl', 'ccpurl', 'url', 'pacurl', 'account'];
  const all = (names: readonly string[], list: readonly string[]) =>
    Object.fromEntries(names.map((name): [string, List] => [name, () => list]));
  return {
    ...{ ...all(ofPaths, files), ...all(ofAddresses, addresses), ...all(ofUrls, urls) },
    served_at: () => addresses.slice(0, 2).map((address) => `${address}:${port}`),
  };
}

/** Few names, so that most of what is added is there already. */
function fixed(secret: string): Record<string, List> {
  return {
    name: () => ['web', 'far', 'third', 'ca'],
    new_storename: () => ['vault', 'kept'],
    id: () => ['web', 'login', 'a/b?c=d'],
    ...{ store_cred_id: () => ['web'], names: () => ['shop.example', '*.shop.example', '10.0.0.1'] },
    passphrase: () => [secret],
    contact: () => ['mailto:a@shop.example'],
  };
}

type Shape = Record<string, z.core.$ZodType>;

/** What `update` may change is what `add` takes. */
function changesOf(path: string): Shape {
  const [noun = ''] = path.split('.');
  const add: unknown = Reflect.get(Reflect.get(contract, noun) as object, 'add');
  const schema = (add as { '~orpc'?: { inputSchema: unknown } } | undefined)?.['~orpc']?.inputSchema;
  if (schema instanceof z.ZodObject) return schema.shape;
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return {};
  const shapes = schema.options.map((one) => (one instanceof z.ZodObject ? (one.shape as Shape) : {}));
  return Object.assign({}, ...shapes) as Shape;
}
