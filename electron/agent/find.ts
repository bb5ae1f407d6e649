import { Failure } from '#shared/failure.ts';
import type { Channel } from '#shared/model/channel.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import type { Subject } from '#shared/model/subject.ts';
import type { Database, TaskRow } from '../database/database.ts';

/** What a caller named by id, or a `*.not-found` failure. */

export function findEndpoint(database: Database, id: string): Endpoint {
  const row = database.endpoints.get(id);
  if (row === null) throw new Failure('endpoint.not-found', 'There is no such endpoint.');
  return row;
}

export function findNode(database: Database, id: string): EndpointNode {
  const node = database.nodes.get(id);
  if (node === null)
    throw new Failure('node.not-found', 'There is no such node.', {
      hint: 'Discover the nodes of the endpoint first.',
    });
  return node;
}

export function findChannel(database: Database, id: string): Channel {
  const row = database.channels.get(id);
  if (row === null) throw new Failure('channel.not-found', 'There is no such channel.');
  return row;
}

export function findTask(database: Database, id: string): TaskRow {
  const row = database.tasks.get(id);
  if (row === null) throw new Failure('task.not-found', `There is no task ${id}.`);
  return row;
}

/** What a task is about, named as it is now. */

export function aboutEndpoint({ id, name }: Endpoint): Subject {
  return { kind: 'endpoint', id, name, within: null };
}

export function aboutNode({ id, name, endpointId, endpointName }: EndpointNode): Subject {
  return { kind: 'node', id, name, within: { kind: 'endpoint', id: endpointId, name: endpointName } };
}
