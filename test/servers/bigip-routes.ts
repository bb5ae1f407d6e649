import * as devices from './bigip-devices.ts';
import { addFile, changeFile, type FileKind, fileBody, removeFile, runUtility } from './bigip-files.ts';
import * as profiles from './bigip-profiles.ts';
import { mustBeAdministrator, mustBeManager } from './bigip-tokens.ts';
import { copyOf, fullPathOf, Refusal, type Transaction, type User, type World } from './bigip-world.ts';

interface Call {
  method: string;
  /** Below `/mgmt/`. */
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
  user: User & { name: string };
  /** Of the header `X-F5-REST-Coordination-Id`. */
  transaction: string | undefined;
}

type Route = (world: World, call: Call, name: string) => unknown;

const isExpanded = ({ query }: Call): boolean => query.get('expandSubcollections') === 'true';

function fileRoutes(kind: FileKind): [RegExp, Record<string, Route>][] {
  return [
    [
      new RegExp(`^tm/sys/file/${kind}$`),
      {
        GET: (world) =>
          devices.collection(
            `tm:sys:file:${kind}:${kind}collectionstate`,
            [...(kind === 'ssl-cert' ? world.configuration.certs : world.configuration.keys).keys()].map(
              (path) => fileBody(world, kind, path),
            ),
          ),
        POST: (world, { body, user }) => addFile(world, kind, body, user.name),
      },
    ],
    [
      new RegExp(`^tm/sys/file/${kind}/([^/]+)$`),
      {
        GET: (world, _call, name) => fileBody(world, kind, fullPathOf(name)),
        PATCH: (world, { body }, name) => changeFile(world, kind, fullPathOf(name), body),
        DELETE: (world, _call, name) => removeFile(world, kind, fullPathOf(name)),
      },
    ],
  ];
}

const routes: [RegExp, Record<string, Route>][] = [
  [/^tm\/sys$/, { GET: devices.system }],
  [/^tm\/sys\/version$/, { GET: devices.version }],
  [/^tm\/cm\/device$/, { GET: devices.devices }],
  [/^tm\/cm\/device-group$/, { GET: (world, call) => devices.groups(world, isExpanded(call)) }],
  [/^tm\/cm\/sync-status$/, { GET: devices.syncStatus }],
  [/^tm\/cm$/, { POST: (world, { body }) => devices.synchronize(world, body) }],
  [/^tm\/sys\/config$/, { POST: (world, { body }) => devices.save(world, body) }],
  [
    /^tm\/auth\/user\/([^/]+)$/,
    { GET: (world, _call, name) => devices.user(world, decodeURIComponent(name)) },
  ],
  [/^tm\/ltm\/virtual$/, { GET: (world, call) => devices.virtuals(world, isExpanded(call)) }],
  [
    /^tm\/ltm\/profile\/client-ssl$/,
    {
      GET: (world) =>
        devices.collection(
          'tm:ltm:profile:client-ssl:client-sslcollectionstate',
          [...world.configuration.clientSsl.values()].map((one) => profiles.clientSslBody(world, one)),
        ),
    },
  ],
  [
    /^tm\/ltm\/profile\/client-ssl\/([^/]+)$/,
    {
      GET: (world, _call, name) => profiles.clientSslBody(world, profiles.clientSsl(world, fullPathOf(name))),
      PATCH: (world, { body }, name) => profiles.changeClientSsl(world, fullPathOf(name), body),
    },
  ],
  [
    /^tm\/ltm\/profile\/server-ssl$/,
    {
      GET: (world) =>
        devices.collection(
          'tm:ltm:profile:server-ssl:server-sslcollectionstate',
          [...world.configuration.serverSsl.values()].map((one) => profiles.serverSslBody(world, one)),
        ),
    },
  ],
  [
    /^tm\/ltm\/profile\/server-ssl\/([^/]+)$/,
    {
      GET: (world, _call, name) => profiles.serverSslBody(world, profiles.serverSsl(world, fullPathOf(name))),
      PATCH: (world, { body }, name) => profiles.changeServerSsl(world, fullPathOf(name), body),
    },
  ],
  [
    /^tm\/util\/(bash|unix-rm|unix-ls)$/,
    {
      POST(world, { body, user, path }, name) {
        mustBeAdministrator(user, path);
        return runUtility(world, name, body);
      },
    },
  ],
  [/^tm\/transaction$/, { POST: begin }],
  [/^tm\/transaction\/(\d+)$/, { GET: (world, _call, id) => transactionBody(world, id), PATCH: commit }],
  ...fileRoutes('ssl-cert'),
  ...fileRoutes('ssl-key'),
];

const readsOnly = new Set(['tm/util/bash', 'tm/util/unix-ls']);

/** Carries out a call of somebody who is known, or puts it into its transaction. */
export function route(world: World, call: Call): unknown {
  const { method, path, transaction } = call;
  for (const [pattern, methods] of routes) {
    const found = pattern.exec(path);
    if (found === null) continue;
    const made = methods[method];
    if (made === undefined) throw new Refusal(400, `${method} is not supported at /${path}`);
    if (method !== 'GET' && !readsOnly.has(path)) mustBeManager(call.user);
    const work = (one: World) => made(one, call, found[1] ?? '');
    if (transaction !== undefined && method !== 'GET' && !path.startsWith('tm/transaction')) {
      const open = opened(world, transaction);
      open.commands.push(work);
      const present = methods.GET?.(world, call, found[1] ?? '') ?? {};
      return { ...present, transId: Number(transaction), commandId: open.commands.length };
    }
    const done = work(world);
    if (method !== 'GET') noteChange(world, path);
    return done;
  }
  throw new Refusal(404, `Public URI path not registered: /${path}`);
}

/** What changes the configuration has to reach the other units. */
function noteChange(world: World, path: string): void {
  if (!/^tm\/(sys\/file|ltm|transaction\/)/.test(path)) return;
  world.changed();
  if (world.sync === 'In Sync')
    world.sync = world.groups.some(({ autoSync }) => autoSync) ? 'In Sync' : 'Changes Pending';
}

function begin(world: World): unknown {
  const id = String(1_389_812_351 + world.transactions.size);
  world.transactions.set(id, { commands: [], state: 'STARTED', failureReason: '' });
  return transactionBody(world, id);
}

function transactionBody(world: World, id: string): unknown {
  const { state, failureReason } = opened(world, id);
  const selfLink = `https://localhost/mgmt/tm/transaction/${id}?ver=${world.version}`;
  return {
    transId: Number(id),
    state,
    timeoutSeconds: 120,
    kind: 'tm:transactionstate',
    failureReason,
    selfLink,
  };
}

function opened({ transactions }: World, id: string): Transaction {
  const found = transactions.get(id);
  if (found === undefined) throw new Refusal(404, `there is no transaction ${id}`);
  return found;
}

/** All of it or nothing, judged when it is whole. */
function commit(world: World, { body, transaction }: Call, id: string): unknown {
  if (transaction !== undefined || body.state !== 'VALIDATING') throw new Refusal(400, 'Bad commit.');
  const open = opened(world, id);
  const before = world.configuration;
  world.configuration = copyOf(before);
  try {
    for (const command of open.commands) command(world);
    checkWhole(world);
    open.state = 'COMPLETED';
    return transactionBody(world, id);
  } catch (thrown) {
    world.configuration = before;
    if (!(thrown instanceof Refusal)) throw thrown;
    Object.assign(open, { state: 'FAILED', failureReason: thrown.message });
    throw new Refusal(400, `transaction failed:${thrown.message}`);
  }
}

/** Contents that were replaced in place must still fit where they are used. */
function checkWhole(world: World): void {
  for (const { fullPath, inheritCertkeychain, certKeyChain } of world.configuration.clientSsl.values())
    if (!inheritCertkeychain) profiles.changeClientSsl(world, fullPath, { certKeyChain });
}
