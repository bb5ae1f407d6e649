import type { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import { described } from '#shared/model/connection.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { TaskState } from '#shared/model/task.ts';
import { addApproval } from './approvals.ts';
import { noProgram, planRejected, reloadRefused } from './failures.ts';
import { makeTask, type TaskSpec } from './make-task.ts';
import { day, fakeHash, hour, minute, type World } from './world.ts';

interface Spec extends Omit<TaskSpec, 'node' | 'failure'> {
  /** Endpoint and node, by name. */
  on: [endpoint: string, node: string];
  approval?: Approval['state'];
  /** Of the endpoint with this description. */
  failure?: (description: string) => Failure;
}

/** What the agent of the rich world did: a task in every state. */
export function addTasks(world: World): void {
  for (const { on, approval, failure, ...spec } of [...live, ...ended]) {
    const failed =
      failure === undefined ? {} : { failure: failure(described(endpointAt(world, on[0]).connection)) };
    const task = makeTask(world, { ...spec, ...failed, node: nodeAt(world, ...on) });
    if (approval !== undefined) addApproval(world, task, approval);
  }
  addDiscovery(world, 'shop-web-1', 'succeeded', 95 * minute, null);
  addDiscovery(world, 'print-server', 'failed', 5 * hour, noProgram);
}

function endpointAt({ endpoints }: World, name: string): Endpoint {
  const found = endpoints.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

function nodeAt({ nodes }: World, endpoint: string, name: string): EndpointNode {
  const fits = (one: EndpointNode) =>
    one.endpointName === endpoint && one.name === name && one.protocol === 'https';
  const found = nodes.find(fits);
  if (found === undefined) throw new Error(`${endpoint}/${name}`);
  return found;
}

const asked = {
  state: 'waiting',
  step: 1,
  stepState: 'waiting',
  sentence: 'Waiting for a person to read and approve the plan.',
  waitingFor: 'approval',
  approval: 'pending',
} as const;

const live: Spec[] = [
  { ...asked, on: ['shop-web-1', 'checkout.nordhafen.example'], at: 11 * minute },
  { ...asked, on: ['api-edge-fra', 'api.nordhafen.example'], at: 38 * minute, origin: 'agent' },
  {
    on: ['vpn-concentrator', 'vpn.nordhafen.example'],
    state: 'waiting',
    at: 3 * hour,
    step: 4,
    stepState: 'waiting',
    sentence: 'The CA acme.sectigo.com is processing the order.',
    waitingFor: 'authority',
    origin: 'cli',
  },
  {
    on: ['grafana', 'grafana.nordhafen.internal'],
    state: 'running',
    at: 6_000,
    step: 8,
    stepState: 'running',
    origin: 'agent',
    order: 1009,
  },
  {
    on: ['grafana', 'prometheus.nordhafen.internal'],
    state: 'queued',
    at: 5_000,
    step: -1,
    origin: 'agent',
  },
];

const ended: Spec[] = [
  {
    on: ['shop-web-2', 'checkout.nordhafen.example'],
    state: 'failed',
    at: 4 * hour,
    step: 8,
    stepState: 'failed',
    failure: reloadRefused,
    restored: 'proved',
    approval: 'approved',
    order: 1011,
  },
  {
    on: ['shop-web-1', 'shop.nordhafen.example'],
    state: 'succeeded',
    at: 28 * hour,
    step: 11,
    approval: 'approved',
    order: 1004,
  },
  {
    on: ['api-edge-ams', 'api.nordhafen.example'],
    state: 'succeeded-with-warnings',
    at: 2 * day,
    step: 9,
    stepState: 'done-with-warning',
    sentence:
      'Installed and read back from disk. Not proved to be served, because the addresses that serve it are not known.',
    took: 3 * minute + 4_000,
    order: 1016,
  },
  {
    on: ['legacy-portal', 'portal.nordhafen.internal'],
    state: 'cancelled',
    at: 3 * day,
    step: 1,
    stepState: 'failed',
    failure: planRejected,
    approval: 'rejected',
  },
  {
    on: ['intranet', 'wiki.nordhafen.internal'],
    state: 'succeeded',
    at: 5 * day,
    step: 11,
    origin: 'agent',
    order: 1008,
  },
];

function addDiscovery(
  world: World,
  endpoint: string,
  state: TaskState,
  ago: number,
  failed: ((description: string) => Failure) | null,
): void {
  const found = endpointAt(world, endpoint);
  const failure = failed?.(described(found.connection));
  const startedAt = world.now - ago;
  const finishedAt = startedAt + 640;
  const sentence = failure?.message ?? '3 nodes were found.';
  world.tasks.push({
    id: `task_${fakeHash(`discover${endpoint}`).slice(0, 12)}`,
    kind: 'discover',
    subject: { kind: 'endpoint', id: found.id, name: found.name, within: null },
    origin: 'gui',
    actor: null,
    outsideId: null,
    state,
    steps: [
      {
        name: 'discover',
        state: failure === undefined ? 'done' : 'failed',
        attempt: 1,
        startedAt,
        finishedAt,
        sentence,
        failure: failure?.toData() ?? null,
      },
    ],
    waitingFor: null,
    wakeAt: null,
    failure: failure?.toData() ?? null,
    restored: null,
    createdAt: startedAt,
    finishedAt,
  });
}
