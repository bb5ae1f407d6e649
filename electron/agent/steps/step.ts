import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { Failure } from '#shared/failure.ts';
import type { Endpoint as EndpointRow } from '#shared/model/endpoint.ts';
import type { BeforeTls, EndpointNode } from '#shared/model/node.ts';
import type { StepName, Task } from '#shared/model/task.ts';
import type { Database, TaskMemory } from '../../database/database.ts';
import type { Authority, KeepsRoot } from '../../providers/authorities/authority.ts';
import type { Connection } from '../../providers/connections/connection.ts';
import type { Endpoint } from '../../providers/endpoints/endpoint.ts';
import type { RetryRow } from '../tasks/retry.ts';

/** One open connection to an endpoint, with its adapter. Shared by the steps of one drive of a task. */
export interface OpenConnection {
  readonly connection: Connection;
  readonly endpoint: Endpoint;
}

/** What one address answers when it is probed from outside. Structurally the TLS probe's answer. */
export type TlsAnswer =
  | {
      kind: 'certificate';
      leafFingerprint: string;
      keyFingerprint: string;
      /** As presented, leaf first. */
      chainFingerprints: string[];
      leafPem: string;
    }
  | { kind: 'no-answer'; code: string; sentence: string };

export type ProbeTls = (
  target: BeforeTls & {
    address: string;
    port: number;
    serverName: string | null;
    timeoutMs?: number;
    keyAlgorithm?: 'rsa' | 'ecdsa';
  },
) => Promise<TlsAnswer>;

/** Whether a TCP connection is accepted there; never rejects. */
export type AcceptsConnections = (target: {
  address: string;
  port: number;
  timeoutMs: number;
}) => Promise<boolean>;

/** What steps may use. Given by the runner; `openConnection` connects on first use and again after `dropConnection`. */
export interface StepTools {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly probeTls: ProbeTls;
  readonly acceptsConnections: AcceptsConnections;
  /** How long a proof may take: old workers drain and slow machines reload slowly. Milliseconds. */
  readonly proofPatienceMs: number;
  authority(id: string): Authority & Partial<KeepsRoot>;
  /** Roots known on this machine, PEM. */
  machineRoots(): readonly string[];
  openConnection(): Promise<OpenConnection>;
  dropConnection(): Promise<void>;
  /** Says of a login since it was asked last which credential it used: `Logged in: ssh …, user …`. Else null. */
  takeLogIn(): string | null;
  /** One audit row by the agent, in the caller's transaction when there is one. */
  audit(action: string, subject: string, outcome: 'ok' | 'failed' | 'refused', sentence: string): void;
}

export interface StepContext {
  readonly task: Task;
  readonly memory: Readonly<TaskMemory>;
  /** The endpoint that the subject is or is within, as it is stored now. Throws `endpoint.not-found`. */
  endpoint(): EndpointRow;
  /** The node that the subject is, as it is stored now. Throws `node.missing`. */
  node(): EndpointNode;
  /** Output of an earlier step, parsed by the schema of that step. Whoever asks gets the same value: it is not to be changed. */
  output<T>(step: StepName, parse: { parse(value: unknown): T }): T;
  /** What this process found of the seals of this task since the endpoint is being changed, by their content. Never stored. */
  readonly seen: Map<string, boolean>;
  readonly tools: StepTools;
}

/** Written together with the step's end, in the same transaction. Synchronous. */
type AlsoStore = () => void;

export type Outcome =
  | { kind: 'done'; output?: unknown; sentence: string; store?: AlsoStore }
  | { kind: 'done-with-warning'; output?: unknown; sentence: string; store?: AlsoStore }
  /** For a person or the authority, not for luck. `until` null: woken by an event. */
  | {
      kind: 'wait';
      waitingFor: 'approval' | 'authority' | 'endpoint-restart' | 'group';
      until: number | null;
      sentence: string;
      store?: AlsoStore;
    }
  /** `untouched`: the step refused before it did anything. */
  | { kind: 'failed'; failure: Failure; untouched?: boolean; store?: AlsoStore }
  | { kind: 'cancelled'; failure: Failure; store?: AlsoStore };

/**
 * One verb with effects. `run` is told nothing of attempts: it is written so that calling it again after it was cut off
 * anywhere gives the same end (`ifInterrupted` says how: `repeat` it, `check` first what is already there, or `stop` and
 * let a person look). It may throw: a Failure with `retry: later | after` is tried again by `retries`.
 */
export interface Step {
  readonly name: StepName;
  readonly ifInterrupted: 'repeat' | 'check' | 'stop';
  readonly retries: readonly RetryRow[];
  /** The last row of `retries` repeats for ever. */
  readonly keepTrying?: boolean;
  /** From the start of this step on, a failure means restore. */
  readonly changesEndpoint?: boolean;
  run(context: StepContext): Promise<Outcome>;
}
