import type { Approval, ApprovalState } from '#shared/model/approval.ts';
import type { AuditEntry, AuditVerdict } from '#shared/model/audit.ts';
import type { Authority } from '#shared/model/authority.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { Credential, CredentialStore, StoreUser } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { Found } from '#shared/model/found.ts';
import type { NotificationCount } from '#shared/model/notification.ts';
import type { Order } from '#shared/model/order.ts';
import type { Overview } from '#shared/model/overview.ts';
import type { Renewal } from '#shared/model/renewal.ts';
import type { Subject } from '#shared/model/subject.ts';
import type { Task, TaskKind, TaskState } from '#shared/model/task.ts';
import type { Secret } from '../secrets/secret.ts';
import type { ChannelRows } from './channels.ts';
import type { DeliveryRows } from './deliveries.ts';
import type { LeftoverRows } from './leftovers.ts';
import type { NodeRows } from './node-rows.ts';
import type { NotificationRows } from './notifications.ts';
import type { OutboxRows } from './outbox.ts';

/**
 * The store. All methods are synchronous, take well under a millisecond on a usual database and are safe inside
 * `transaction`. Rows are parsed by schema when read: a row that does not parse is `database.row-damaged`.
 */
export interface Database {
  readonly path: string;
  /** Immediate transaction; nested calls join the outer one. `work` must not be asynchronous (throws when it is). */
  transaction<T>(work: () => T): T;
  /**
   * Runs `work` when the outermost transaction is committed, never when it is rolled back; now, where there is none. What it
   * throws, `transaction` throws when all that was to follow is done; the commit stands.
   */
  afterCommit(work: () => void): void;
  readonly endpoints: EndpointRows;
  readonly nodes: NodeRows;
  readonly certificates: CertificateRows;
  readonly orders: OrderRows;
  readonly tasks: TaskRows;
  readonly approvals: ApprovalRows;
  readonly authorities: AuthorityRows;
  readonly credentialStores: CredentialStoreRows;
  readonly credentials: CredentialRows;
  readonly renewals: RenewalRows;
  readonly notifications: NotificationRows;
  readonly channels: ChannelRows;
  readonly deliveries: DeliveryRows;
  readonly audit: AuditRows;
  readonly outbox: OutboxRows;
  readonly leftovers: LeftoverRows;
  readonly secrets: SecretRows;
  readonly meta: MetaRows;
  overview(now: number): Overview;
  /** Endpoints, nodes and certificates with every word of the text in their names; at most `limit`. */
  find(text: string, limit: number): Found[];
  close(): void;
}

export interface EndpointRows {
  insert(endpoint: Endpoint): void;
  update(endpoint: Endpoint): void;
  /** Removes its nodes, renewals and sealed secrets too; tasks, orders and certificates stay as history. */
  remove(id: string): void;
  get(id: string): Endpoint | null;
  /** By id, else by name (exact). */
  find(nameOrId: string): Endpoint | null;
  list(): Endpoint[];
  /** Those whose connection has one of these types, by name. */
  reachedBy(types: readonly string[]): Endpoint[];
}

export interface CertificateRows {
  /** Inserts, or fills in order number and chain of a known one. */
  upsert(certificate: Certificate): void;
  /** Keeps when it was first learned to be revoked. False: it was known before, or the certificate is not. */
  markRevoked(fingerprint: string, revoked: NonNullable<Certificate['revoked']>): boolean;
  get(fingerprint: string): Certificate | null;
  /** By fingerprint (or a unique prefix of at least 8), serial, or order number. */
  find(text: string): Certificate | null;
  /** Without chains. */
  list(): (Omit<Certificate, 'chainPem'> & { usedBy: { nodeId: string; name: string }[] })[];
}

export interface OrderRows {
  /** Gives the next order number. */
  insert(order: Omit<Order, 'number'>): Order;
  update(order: Order): void;
  get(id: string): Order | null;
  byNumber(number: number): Order | null;
  /** The order of a task, when one was placed. */
  ofTask(taskId: string): Order | null;
  /** Newest first; only those before the number `olderThan`, when one is given. */
  list(limit: number, olderThan?: number): Order[];
  /** Those whose certificate is kept, with its key, for the next task at its node. Newest first. */
  keptIssued(): Order[];
}

/** What the agent keeps of a task beyond what is shown: input, outputs of finished steps. Plain JSON, no secrets. */
export interface TaskMemory {
  input: Record<string, unknown>;
  /** Output of each finished step, by step name. */
  outputs: Record<string, unknown>;
  /** Set before the first change on an endpoint, cleared when undone: from here on a failure means restore. */
  changing: boolean;
  /** Index into the kind's list of steps. */
  cursor: number;
  /** `forward` until something failed after a change; then `undoing`. */
  direction: 'forward' | 'undoing';
}

export interface TaskRow {
  task: Task;
  memory: TaskMemory;
}

export interface TaskRows {
  /** `task.already-live` when a live task of the same kind about the same subject, or one of the same order, exists. */
  insert(row: TaskRow): void;
  update(row: TaskRow): void;
  get(id: string): TaskRow | null;
  /** The live task of this kind about this subject, if any. */
  live(kind: TaskKind, subject: Pick<Subject, 'kind' | 'id'>): Task | null;
  /** The task that came from this order of a server, live or ended. */
  ofOrder(outsideId: string): Task | null;
  /** Those that install one certificate on several nodes, in the order of their nodes. */
  ofGroup(groupId: string): TaskRow[];
  /** Rows in these states, oldest first. */
  inStates(states: readonly TaskState[]): TaskRow[];
  /** Newest first. */
  list(filter: TaskFilter): Task[];
  count(by: Person): NotificationCount['tasks'];
}

export interface TaskFilter {
  states?: readonly TaskState[] | undefined;
  /** Id or name of the subject, or of what it is within, or `endpoint/node`. Names are those of the time of the task. */
  about?: string | undefined;
  by?: Person;
  olderThan?: string | undefined;
  limit: number;
}

/** The account of a person who began tasks in the window or on the command line. Undefined: everyone; null: no one is known. */
type Person = string | null | undefined;

export interface ApprovalRows {
  insert(approval: Approval): void;
  update(approval: Approval): void;
  get(id: string): Approval | null;
  /** The newest one of a task. */
  ofTask(taskId: string): Approval | null;
  list(states: readonly ApprovalState[] | undefined): Approval[];
}

export interface AuthorityRows {
  insert(authority: Authority): void;
  update(authority: Authority): void;
  remove(id: string): void;
  get(id: string): Authority | null;
  find(nameOrId: string): Authority | null;
  default(): Authority | null;
  /** Makes one the default, all others not. */
  setDefault(id: string): void;
  list(): Authority[];
  /** Endpoints that name it and orders that are not finished, for people. */
  usedBy(id: string): string[];
}

export interface CredentialStoreRows {
  insert(store: CredentialStore): void;
  update(store: CredentialStore): void;
  /** Removes its credentials and everything sealed for them too. */
  remove(id: string): void;
  get(id: string): CredentialStore | null;
  /** By id, else by name (exact). */
  find(nameOrId: string): CredentialStore | null;
  list(): CredentialStore[];
  /** Endpoints that read their login or another secret there, by name; one for each credential. */
  usedBy(id: string): StoreUser[];
}

/** Credentials of local stores, without their secrets: those are sealed under `rowId` as `password`, `private-key`, `passphrase`. */
export interface CredentialRows {
  /** `credential.exists` when the store has that id already. */
  insert(credential: Credential): void;
  update(credential: Credential): void;
  /** With everything sealed for it. */
  remove(rowId: string): void;
  get(storeId: string, id: string): Credential | null;
  /** By id, those behind `after`, whose id contains `search`; opens no secret. Without `limit`: all. */
  page(
    storeId: string,
    request: { limit?: number | undefined; after?: string | undefined; search?: string | undefined },
  ): Credential[];
  count(storeId: string, search?: string): number;
}

export interface RenewalRows {
  upsert(renewal: Renewal): void;
  get(nodeId: string): Renewal | null;
  remove(nodeId: string): void;
  /** Whose certificate is known to be revoked, while another reason still says when. Without those that failed. */
  revoked(): Renewal[];
  /** With `nextAt` or `ariAskAgainAt` at or before `now`. */
  due(now: number): Renewal[];
  list(): Renewal[];
  /** Whether anything is renewed here. */
  any(): boolean;
}

export interface AuditRows {
  /** Appends to the hash chain, in the caller's transaction when there is one. */
  append(entry: Omit<AuditEntry, 'number' | 'previousHash' | 'hash'>): AuditEntry;
  /** Newest first, those with `number < before` when given. */
  list(before: number | undefined, limit: number): AuditEntry[];
  verify(): AuditVerdict;
}

/**
 * Sealed values, by (owner, name): `ep_…/password`, `ca_…/account-key`. Sealed on write, opened on use.
 * Every method that needs the master key throws `keychain.*` while it is locked.
 */
export interface SecretRows {
  put(owner: string, name: string, value: Secret): void;
  /** Null when there is none. `secret.damaged` when it does not open. */
  open(owner: string, name: string): Secret | null;
  has(owner: string, name: string): boolean;
  remove(owner: string, name?: string): void;
  /** Names only, never values. */
  list(owner: string): string[];
}

/** Set in a database that comes out of a backup, until the agent has seen to what was under way in it: when that was made. */
export const restoredNote = 'restored-from';

/** Small settings by name. */
export interface MetaRows {
  get(name: string): string | null;
  set(name: string, value: string): void;
  remove(name: string): void;
  /** Whether any secret was sealed here: then no new master key may ever be made. */
  hasSealed(): boolean;
}
