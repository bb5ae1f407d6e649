import { implement } from '@orpc/server';
import { newId } from '#kit/ids.ts';
import { storesOf } from '#shared/catalog/endpoints/secrets.ts';
import type { Flat } from '#shared/catalog/field.ts';
import { text } from '#shared/catalog/flat.ts';
import type { EndpointView } from '#shared/contract/endpoints.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import { told } from '#shared/model/connection.ts';
import { type Endpoint, endpointDefinition } from '#shared/model/endpoint.ts';
import type { Leftover } from '#shared/model/leftover.ts';
import { idOf } from '#shared/model/subject.ts';
import { liveTaskStates } from '#shared/model/task.ts';
import type { Database } from '../database/database.ts';
import type { CommandContext } from '../transport/context.ts';
import { checkNameFree, checkReady, checkStillThere, probed } from './endpoint-checks.ts';
import { loginOf, sealLogin } from './endpoint-login.ts';
import { endpointSecretsOf, needsMasterKey, sealSecrets } from './endpoint-secrets.ts';
import { partsOf } from './endpoint-settings.ts';
import { updateEndpoint } from './endpoint-update.ts';
import { findEndpoint } from './find.ts';
import { withDefaults } from './flat-input.ts';
import type { CommandTools } from './tools.ts';

export function endpointCommands(tools: CommandTools) {
  const os = implement(contract.endpoints).$context<CommandContext>();
  const { database, agent } = tools;
  return os.router({
    add: os.add.handler(({ input, context, signal }) =>
      add(tools, input as Flat & typeof input, context, signal),
    ),
    list: os.list.handler(() => database.endpoints.list()),
    show: os.show.handler(({ input }) => viewOf(tools, findEndpoint(database, input.endpoint))),
    update: os.update.handler(({ input, context, signal }) =>
      updateEndpoint(tools, findEndpoint(database, input.endpoint), input.changes, context, signal),
    ),
    remove: os.remove.handler(({ input, context }) => {
      remove(tools, findEndpoint(database, input.endpoint), context);
      return {};
    }),
    probe: os.probe.handler(({ input }) => agent.endpoints.probe(findEndpoint(database, input.endpoint).id)),
    discover: os.discover.handler(({ input, context }) => {
      const { id, name } = findEndpoint(database, input.endpoint);
      const task = context.audit.commit(
        () => agent.discovery.discover(id, context.caller),
        () => ({ subject: id, sentence: `The discovery of the nodes of "${name}" was started.` }),
      );
      return { taskId: task.id };
    }),
    restart: os.restart.handler(({ input, context }) => {
      const { id, name } = findEndpoint(database, input.endpoint);
      const task = context.audit.commit(
        () => agent.endpoints.restart(id, context.caller),
        () => ({ subject: id, sentence: `The restart of "${name}" was started.` }),
      );
      return { taskId: task.id };
    }),
  });
}

function viewOf({ database }: CommandTools, endpoint: Endpoint): EndpointView {
  const { connection, settings, policy } = endpoint;
  const named = (id: string | null | undefined) => (id ? (database.authorities.get(id)?.name ?? null) : null);
  const store = told(connection).login?.store ?? null;
  return {
    ...endpoint,
    storeName: store === null ? null : (database.credentialStores.get(store)?.name ?? null),
    secretStores: secretStores(database, settings),
    authorityName: named(policy.authorityId),
    fallbackName: named(policy.fallbackId),
    toCleanUp: toCleanUp(database.leftovers.list(endpoint.id)),
  };
}

function secretStores(database: Database, settings: Endpoint['settings']): Record<string, string> {
  const stores = storesOf(settings).map(({ store }) => database.credentialStores.get(store));
  return Object.fromEntries(stores.flatMap((one) => (one === null ? [] : [[one.id, one.name]])));
}

/** What has not been tried yet is not worth a word: it will be within seconds. */
function toCleanUp(leftovers: readonly Leftover[]): string | null {
  const tried = leftovers.filter(({ because }) => because !== null);
  const [first] = tried;
  if (first === undefined) return null;
  const tasks = tried.length === 1 ? 'a task' : `${tried.length} tasks`;
  return `What ${tasks} left here has not been removed yet: ${first.because} Trustkeep will try again automatically.`;
}

async function add(
  tools: CommandTools,
  input: Flat & { type: Endpoint['type'] },
  { audit, caller }: CommandContext,
  signal: AbortSignal | undefined,
) {
  const { database, agent, clock } = tools;
  const { type, ...named } = input;
  const flat = withDefaults(endpointDefinition({ type }), named);
  const name = text(flat, 'name') ?? '';
  checkNameFree(database, name, null);
  const login = await loginOf(tools, flat, null);
  const secrets = endpointSecretsOf(database, endpointDefinition({ type }).fields, flat);
  const parts = partsOf(database, type, flat, { way: login.way, sources: secrets.sources });
  const sealed = login.way === 'password' || login.way === 'private-key';
  if (sealed) checkReady(tools);
  if (needsMasterKey(secrets)) checkReady(tools, 'What is to be kept secret of the endpoint');
  const now = clock.now();
  const draft: Endpoint = {
    id: newId('ep'),
    name,
    type,
    ...parts,
    probe: null,
    discoveredAt: null,
    createdAt: now,
    updatedAt: now,
  };
  const given = { login: login.material, secrets: secrets.given };
  const endpoint = await probed(tools, draft, given, signal);
  audit.commit(
    () => {
      checkNameFree(database, name, null); // the probe took its time
      checkStillThere(database, endpoint);
      database.endpoints.insert(endpoint);
      if (sealed) sealLogin(database, endpoint.id, login.updates);
      sealSecrets(database, endpoint.id, secrets);
    },
    () => ({ subject: endpoint.id, sentence: `The ${type} endpoint "${name}" was added.` }),
  );
  agent.events.changed('endpoints', endpoint.id);
  const task = agent.discovery.discover(endpoint.id, caller);
  return { endpoint, probe: endpoint.probe, taskId: task.id };
}

function remove(tools: CommandTools, endpoint: Endpoint, { audit }: CommandContext): void {
  const { database, agent } = tools;
  audit.commit(
    () => {
      const busy = database.tasks
        .inStates(liveTaskStates)
        .find(({ task }) => idOf(task.subject, 'endpoint') === endpoint.id);
      if (busy !== undefined) {
        throw new Failure('endpoint.busy', `"${endpoint.name}" has a task in progress: ${busy.task.id}.`, {
          hint: `Wait until it ends, or cancel it: trustkeep tasks cancel ${busy.task.id}`,
        });
      }
      database.endpoints.remove(endpoint.id);
    },
    () => ({
      subject: endpoint.id,
      sentence: `The ${endpoint.type} endpoint "${endpoint.name}" was removed.`,
    }),
  );
  agent.events.changed('endpoints', endpoint.id);
  agent.events.changed('nodes', null);
}
