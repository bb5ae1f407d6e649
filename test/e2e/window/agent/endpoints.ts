import { Failure } from '#shared/failure.ts';
import { described } from '#shared/model/connection.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { exampleEndpoint } from '../world/endpoints.ts';
import { fakeHash } from '../world/world.ts';
import { type FakeTools, need, os } from './procedures.ts';

/** As `endpoints.show` gives it; one has something to clean up. */
function besides(shown: Endpoint) {
  const toCleanUp =
    shown.name === 'print-server'
      ? `What a task left here has not been removed yet: The directory /etc/nginx/tls is not there on ${described(shown.connection)}. Trustkeep will try again automatically.`
      : null;
  return { ...shown, storeName: null, secretStores: {}, authorityName: null, fallbackName: null, toCleanUp };
}

/** Endpoints and their nodes. A task that is asked for is one the world has already. */
export function endpointRoutes({ world, changed, did, emit }: FakeTools) {
  const endpoint = (name: string): Endpoint =>
    need(
      world.endpoints,
      (one) => one.id === name || one.name === name,
      'endpoint',
      name,
      'trustkeep tls list',
    );
  const node = (id: string) => need(world.nodes, (one) => one.id === id, 'node', id, 'trustkeep nodes list');
  const probeOf = ({ probe }: Endpoint) => probe ?? { ok: true, version: null, checks: [], at: world.now };
  const aTask = () => ({ taskId: world.tasks[0]?.id ?? '' });
  return {
    endpoints: {
      add: os.endpoints.add.handler(async ({ input, signal }) => {
        did('endpoints.add', input);
        if (world.largeEndpoints)
          await probedLong({ did, emit }, String((input as { name?: unknown }).name), signal);
        const like = world.endpoints.find((one) => one.type === input.type) ?? exampleEndpoint(world.now);
        const name = String((input as { name?: unknown }).name);
        const added = { ...like, id: `ep_${fakeHash(name).slice(0, 12)}`, name, discoveredAt: null };
        world.endpoints.push(added);
        changed('endpoints');
        return { endpoint: added, probe: probeOf(like), taskId: null };
      }),
      list: os.endpoints.list.handler(() => world.endpoints),
      show: os.endpoints.show.handler(({ input }) => besides(endpoint(input.endpoint))),
      update: os.endpoints.update.handler(({ input }) => {
        did('endpoints.update', input);
        const one = endpoint(input.endpoint);
        changed('endpoints');
        return { endpoint: one, probe: probeOf(one) };
      }),
      remove: os.endpoints.remove.handler(({ input }) => {
        did('endpoints.remove', input);
        const removed = endpoint(input.endpoint);
        world.endpoints = world.endpoints.filter((one) => one !== removed);
        changed('endpoints');
        return {};
      }),
      probe: os.endpoints.probe.handler(({ input }) => probeOf(endpoint(input.endpoint))),
      discover: os.endpoints.discover.handler(({ input }) => {
        did('endpoints.discover', input);
        return aTask();
      }),
      restart: os.endpoints.restart.handler(aTask),
    },
    nodes: {
      list: os.nodes.list.handler(({ input }) =>
        world.nodes.filter((one) => input.endpoint === undefined || one.endpointId === input.endpoint),
      ),
      show: os.nodes.show.handler(({ input }) => {
        const one = node(input.node);
        return { node: one, renewal: world.renewals.find((each) => each.nodeId === one.id) ?? null };
      }),
      verify: os.nodes.verify.handler(({ input }) => node(input.node).served),
    },
  };
}

/** Reads a large configuration until the caller gives up. */
async function probedLong(
  { did, emit }: Pick<FakeTools, 'did' | 'emit'>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  emit({ type: 'probing', name, check: 'configuration', at: Date.now() });
  await new Promise<void>((done) => signal?.addEventListener('abort', () => done()));
  did('endpoints.add cancelled', { name });
  throw new Failure('call.cancelled', `The check of "${name}" was cancelled.`, {
    hint: 'Nothing was stored.',
  });
}
