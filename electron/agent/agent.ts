import type { KeychainState } from '#shared/contract/agent.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import type { Endpoint as EndpointRow, ProbeReport } from '#shared/model/endpoint.ts';
import type { ServedFact } from '#shared/model/node.ts';
import type { Origin } from '#shared/model/origin.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Task } from '#shared/model/task.ts';
import type { LoginMaterial } from '../providers/connections/connection.ts';
import type { Events } from './events.ts';

/** Who asks. */
export interface Caller {
  origin: Origin;
  /** Operating system account, or the name of the server. */
  actor: string | null;
  /** What a server calls the order that this call carries out. The same order twice begins one task. */
  outsideId?: string | undefined;
}

export interface CertificateWish {
  nodeId: string;
  names?: string[] | undefined;
  authorityId?: string | undefined;
  keyType?: KeyType | undefined;
  profile?: string | undefined;
  days?: number | undefined;
  keyPlace?: 'target' | 'agent' | undefined;
}

/**
 * The heart: what commands call. Starting a task stores it and comes back at once; the work goes on by itself and is
 * told through `events`. Safe concurrently.
 */
export interface Agent {
  readonly events: Events;
  /** Unlocks the master key (or starts waiting for a person), recovers interrupted tasks, starts the loops. Once. */
  start(): Promise<void>;
  /** Lets running steps finish (at most `graceMs`), then stops. Waiting tasks stay for the next start. */
  stop(graceMs?: number): Promise<void>;
  /** Connects and looks, without storing anything. For `add`, `update` (draft with the login given, or with a store's) and `probe`. */
  probeDraft(
    draft: EndpointRow,
    login: LoginMaterial,
  ): Promise<{ report: ProbeReport; identity: string | null }>;
  /** Probes a stored endpoint and keeps the report. */
  probe(endpointId: string): Promise<ProbeReport>;
  discover(endpointId: string, caller: Caller): Task;
  restart(endpointId: string, caller: Caller): Task;
  request(wish: CertificateWish, caller: Caller): Task;
  renew(nodeId: string, caller: Caller): Task;
  /** The plan a request would make now. Changes and stores nothing. */
  preview(wish: CertificateWish): Promise<Plan>;
  cancel(taskId: string, caller: Caller): Task;
  decide(
    approvalId: string,
    yes: boolean,
    seenFingerprint: string | undefined,
    comment: string | undefined,
    caller: Caller,
  ): Approval;
  /** Looks from outside at what a node serves and keeps the fact. */
  verify(nodeId: string): Promise<ServedFact>;
  /** Looks again at what is due now (after sleep, after unlock, after a setting changed). Never rejects. */
  wake(): void;
  keychainState(): KeychainState;
}
