import { newId } from '#kit/ids.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Subject } from '#shared/model/subject.ts';
import type { Task } from '#shared/model/task.ts';
import type { TaskRow } from '../../electron/database/database.ts';
import { now } from './database.ts';

/** Tasks, what they are about, and the yes they wait for. */

/** Where a task is, in short: `nodeId` null is the endpoint itself. */
interface TaskPlace {
  endpointId?: string;
  endpointName?: string;
  nodeId?: string | null;
  nodeName?: string | null;
}

export function aSubject({ endpointId, endpointName, nodeId = 'node_1', nodeName }: TaskPlace = {}): Subject {
  const endpoint = { kind: 'endpoint', id: endpointId ?? 'ep_1', name: endpointName ?? 'web' } as const;
  if (nodeId === null) return { ...endpoint, within: null };
  return { kind: 'node', id: nodeId, name: nodeName ?? 'shop', within: endpoint };
}

export function aTask(given: Partial<Task> & TaskPlace = {}): TaskRow {
  const { endpointId: _e, endpointName: _en, nodeId: _n, nodeName: _nn, ...change } = given;
  return {
    task: {
      id: newId('task'),
      kind: 'certify',
      subject: aSubject(given),
      origin: 'cli',
      actor: null,
      outsideId: null,
      state: 'queued',
      steps: [],
      waitingFor: null,
      wakeAt: null,
      failure: null,
      restored: null,
      createdAt: now,
      finishedAt: null,
      ...change,
    },
    memory: { input: {}, outputs: {}, changing: false, cursor: 0, direction: 'forward' },
  };
}

function aPlan(): Plan {
  return {
    fingerprintVersion: 3,
    endpointId: 'ep_1',
    endpointName: 'web',
    nodeId: 'node_1',
    nodeName: 'shop',
    reason: 'request',
    names: ['shop.example'],
    keyType: 'ec-p256',
    keyPlace: { where: 'endpoint', why: 'openssl is there' },
    authority: { id: 'ca_1', name: 'Local CA', kind: 'local' },
    terms: { profile: null, days: null },
    bound: { connection: 'ssh deploy@web1:22', endpoint: 'e'.repeat(64), authority: 'a'.repeat(64) },
    install: {
      nodeKey: 'shop',
      changes: [],
      standsOn: [{ what: 'content', name: '/etc/nginx/nginx.conf', sha256: 'c'.repeat(64) }],
      remembers: { by: 'nginx', version: 1, facts: [{ name: 'pidPath', label: 'Pid file', value: null }] },
      shares: [],
      proofs: [],
      warnings: [],
    },
    fingerprint: 'f'.repeat(64),
  };
}

export function anApproval(change: Partial<Approval> = {}): Approval {
  return {
    id: newId('apr'),
    taskId: 'task_1',
    plan: aPlan(),
    state: 'pending',
    decidedBy: null,
    decidedOrigin: null,
    decidedAt: null,
    comment: null,
    createdAt: now,
    ...change,
  };
}

export function makeTask(parts: Partial<Task> = {}): Task {
  return {
    id: newId('task'),
    kind: 'discover',
    subject: { kind: 'endpoint', id: 'ep_0000000000000000', name: 'web1', within: null },
    origin: 'cli',
    actor: null,
    outsideId: null,
    state: 'queued',
    steps: [],
    waitingFor: null,
    wakeAt: null,
    failure: null,
    restored: null,
    createdAt: 1,
    finishedAt: null,
    ...parts,
  };
}
