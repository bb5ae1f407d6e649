import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { KeychainState } from '#shared/contract/agent.ts';
import { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Endpoint as EndpointRow, ProbeReport } from '#shared/model/endpoint.ts';
import type { EndpointNode, ServedFact } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Settings } from '#shared/model/settings.ts';
import type { Task, TaskKind } from '#shared/model/task.ts';
import type { Database, TaskRow } from '../database/database.ts';
import type { Authority } from '../providers/authorities/authority.ts';
import type { LoginMaterial } from '../providers/connections/connection.ts';
import type { Agent, Caller, CertificateWish } from './agent.ts';
import { decide } from './decide.ts';
import { Events } from './events.ts';
import { Loop } from './loops/loop.ts';
import { renewTurn } from './loops/renew.ts';
import { scanTurn } from './loops/scan.ts';
import { watchNode, watchTurn } from './loops/watch.ts';
import { Notifications } from './notifications.ts';
import { type OpenEndpoint, openStored } from './sessions.ts';
import { gatherPlan } from './steps/plan.ts';
import { forgetYes } from './steps/seal-yes.ts';
import { certifyInput } from './steps/shapes.ts';
import type { LookAt, Session } from './steps/step.ts';
import { clearUpEnded } from './tasks/clear-up.ts';
import { TaskEnds } from './tasks/ends.ts';
import { newTask } from './tasks/new-task.ts';
import { closeSession, openTools } from './tasks/open-tools.ts';
import { TaskQueue } from './tasks/queue.ts';
import { recoverTasks } from './tasks/recovery.ts';
import { TaskRunner } from './tasks/runner.ts';

/** Everything the agent meets the world through; compose gives it. */
export interface AgentParts {
  database: Database;
  clock: Clock;
  log: Log;
  lookAt: LookAt;
  /** In force now: asked at each use, so that a change needs no restart. */
  settings(): Settings;
  /** Backs the database up when the last backup is this old. */
  backUp(olderThanMs: number): void;
  openEndpoint: OpenEndpoint;
  /** Cached adapter of a stored authority. Throws `authority.not-found`. */
  authority(id: string): Authority;
  keychainState(): KeychainState;
  /** Finds the master key, or begins to wait for a person. Comes back within seconds either way. */
  unlock(): Promise<void>;
}

const agentItself: Caller = { origin: 'agent', actor: null };
/** After start, before the loops look around: let the window or the first command go first. */
const firstTurnMs = 2000;
const firstBackupMs = 60_000;
const backupLookMs = 30 * 60_000;
const liveHint = 'See the steps of the task for what it waits for.';

export function makeAgent(parts: AgentParts): Agent {
  return new RunningAgent(parts);
}

class RunningAgent implements Agent {
  readonly events: Events;
  readonly #parts: AgentParts;
  readonly #notifications: Notifications;
  readonly #ends: TaskEnds;
  readonly #queue: TaskQueue;
  readonly #renewLoop: Loop;
  readonly #watchLoop: Loop;
  readonly #scanLoop: Loop;
  readonly #backupLoop: Loop;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    const { database, clock, log } = parts;
    this.events = new Events(clock);
    this.#notifications = new Notifications(database, this.events, clock);
    const ends = new TaskEnds({ database, clock, notifications: this.#notifications, events: this.events });
    this.#ends = ends;
    const runner = new TaskRunner({
      database,
      clock,
      log,
      openTools: (task, signal) => openTools(parts, task, signal),
      changed: (task) => this.#taskChanged(task),
      ended: (task, row) => ends.inTransaction(task, row),
      clearUp: clearUpEnded,
    });
    this.#queue = new TaskQueue({ database, runner, clock, log });
    this.#renewLoop = new Loop('renew', clock, log, () =>
      renewTurn({
        ...parts,
        renew: (nodeId) => this.renew(nodeId, agentItself),
        replacedElsewhere: (node) => this.#notifications.replacedElsewhere(node),
        changed: (id) => this.events.changed('nodes', id),
      }),
    );
    const tried = new Map<string, number>();
    this.#scanLoop = new Loop('scan', clock, log, () =>
      scanTurn({
        database,
        clock,
        tried,
        settings: parts.settings,
        discover: (id) => void this.discover(id, agentItself),
      }),
    );
    this.#backupLoop = new Loop('backup', clock, log, async () => {
      parts.backUp(parts.settings().backup_hours * 3_600_000);
      return backupLookMs;
    });
    this.#watchLoop = new Loop('watch', clock, log, () =>
      watchTurn({ ...parts, changed: (id) => this.#nodeChanged(id) }),
    );
  }

  async start(): Promise<void> {
    const { database, clock } = this.#parts;
    await this.#parts.unlock();
    database.transaction(() => recoverTasks(database, clock.now()));
    this.#queue.start();
    this.#renewLoop.start(firstTurnMs);
    this.#watchLoop.start(firstTurnMs);
    this.#scanLoop.start(firstTurnMs);
    this.#backupLoop.start(firstBackupMs);
    this.#notifications.levelMayHaveChanged();
  }

  async stop(graceMs = 10_000): Promise<void> {
    this.#notifications.stop();
    await Promise.all([
      this.#queue.stop(graceMs),
      this.#renewLoop.stop(),
      this.#watchLoop.stop(),
      this.#scanLoop.stop(),
      this.#backupLoop.stop(),
    ]);
  }

  wake(): void {
    const { database } = this.#parts;
    for (const row of database.tasks.inStates(['waiting']))
      if (row.task.waitingFor === 'keychain')
        database.tasks.update({ ...row, task: { ...row.task, wakeAt: this.#parts.clock.now() } });
    this.#queue.pump();
    this.#renewLoop.wake();
    this.#watchLoop.wake();
    this.#scanLoop.wake();
  }

  keychainState(): KeychainState {
    return this.#parts.keychainState();
  }

  async probeDraft(
    draft: EndpointRow,
    login: LoginMaterial,
  ): Promise<{ report: ProbeReport; hostKey: string | null }> {
    let hostKey: string | null = null;
    const session = await this.#parts.openEndpoint(draft, login, {
      onHostKey: (seen) => {
        hostKey = seen.fingerprint;
      },
    });
    try {
      return { report: await session.endpoint.probe(), hostKey };
    } finally {
      await closeSession(session);
    }
  }

  async probe(endpointId: string): Promise<ProbeReport> {
    const { database, clock } = this.#parts;
    const report = await this.#withSession(endpointId, (session) => session.endpoint.probe()).catch(
      (error: unknown): ProbeReport => {
        if (!(error instanceof Failure)) throw error;
        const sentence = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
        return {
          ok: false,
          version: null,
          checks: [{ name: 'connect', ok: false, sentence }],
          at: clock.now(),
        };
      },
    );
    const row = database.endpoints.get(endpointId);
    if (row !== null) database.endpoints.update({ ...row, probe: report });
    this.events.changed('endpoints', endpointId);
    return report;
  }

  discover(endpointId: string, caller: Caller): Task {
    return this.#begin('discover', this.#endpoint(endpointId), null, caller, {});
  }

  restart(endpointId: string, caller: Caller): Task {
    return this.#begin('restart', this.#endpoint(endpointId), null, caller, {});
  }

  request(wish: CertificateWish, caller: Caller): Task {
    const node = this.#node(wish.nodeId);
    if (node.notInstallable !== null) throw new Failure('node.not-installable', node.notInstallable);
    const { nodeId: _node, ...rest } = wish;
    return this.#begin(
      'certify',
      this.#endpoint(node.endpointId),
      node,
      caller,
      certifyInput.parse({ reason: 'request', ...defined(rest) }),
    );
  }

  renew(nodeId: string, caller: Caller): Task {
    const { database } = this.#parts;
    const node = this.#node(nodeId);
    const fingerprint = database.renewals.get(nodeId)?.fingerprint ?? node.certificate?.fingerprint;
    const certificate = fingerprint === undefined ? null : database.certificates.get(fingerprint);
    if (certificate === null || certificate.orderNumber === null)
      throw new Failure(
        'renewal.not-managed',
        `The certificate of ${node.name} did not come through Trustkeep, so it cannot be renewed.`,
        {
          hint: 'Request a certificate for this node instead.',
        },
      );
    const order = database.orders.byNumber(certificate.orderNumber);
    return this.#begin(
      'certify',
      this.#endpoint(node.endpointId),
      node,
      caller,
      certifyInput.parse({
        reason: 'renewal',
        replaces: certificate.fingerprint,
        ...(order === null
          ? { names: certificate.names }
          : defined({
              names: order.names,
              authorityId: order.authorityId,
              keyType: order.keyType,
              profile: order.terms.profile ?? undefined,
              days: order.terms.days ?? undefined,
            })),
      }),
    );
  }

  async preview(wish: CertificateWish): Promise<Plan> {
    const { database } = this.#parts;
    const node = this.#node(wish.nodeId);
    const { nodeId: _node, ...rest } = wish;
    const input = certifyInput.parse({ reason: 'request', ...defined(rest) });
    return this.#withSession(node.endpointId, (session) =>
      gatherPlan({ database, endpoint: this.#endpoint(node.endpointId), node, session, input }),
    );
  }

  cancel(taskId: string, caller: Caller): Task {
    const { database, clock } = this.#parts;
    const row = this.#task(taskId);
    if (row.memory.changing)
      throw new Failure(
        'task.changing',
        'This task is changing its endpoint and cannot be cancelled now; if it fails, everything is put back.',
        { retry: 'later' },
      );
    if (row.task.state === 'running' || this.#queue.runs(taskId))
      throw new Failure(
        'task.busy',
        'A step of this task is running; it can be cancelled when the step is done.',
        { retry: 'later', hint: 'Try again in a moment.' },
      );
    if (row.task.finishedAt !== null) return row.task;
    const failure = new Failure('task.cancelled', `Cancelled by ${caller.actor ?? caller.origin}.`, {
      retry: 'never',
    }).toData();
    const task: Task = {
      ...row.task,
      state: 'cancelled',
      waitingFor: null,
      wakeAt: null,
      failure,
      finishedAt: clock.now(),
      restored: 'not-needed',
    };
    database.transaction(() => {
      const approval = database.approvals.ofTask(taskId);
      if (approval !== null) forgetYes(database, approval);
      if (approval?.state === 'pending') database.approvals.update({ ...approval, state: 'superseded' });
      database.tasks.update({ ...row, task });
      this.#ends.inTransaction(task, { ...row, task });
    });
    this.#taskChanged(task);
    const { tools, end } = openTools(this.#parts, task, new AbortController().signal);
    void clearUpEnded({ ...row, task }, tools).finally(end);
    return task;
  }

  decide(
    approvalId: string,
    yes: boolean,
    seenFingerprint: string | undefined,
    comment: string | undefined,
    caller: Caller,
  ): Approval {
    const { database, clock } = this.#parts;
    const decided = decide({ database, clock, approvalId, yes, seenFingerprint, comment, caller });
    this.events.changed('approvals', decided.id);
    this.#notifications.levelMayHaveChanged();
    this.#queue.pump();
    return decided;
  }

  async verify(nodeId: string): Promise<ServedFact> {
    const node = this.#node(nodeId);
    const served = await watchNode({ ...this.#parts, changed: (id) => this.#nodeChanged(id) }, node);
    return served ?? node.served;
  }

  #begin(
    kind: TaskKind,
    endpoint: EndpointRow,
    node: EndpointNode | null,
    caller: Caller,
    input: Record<string, unknown>,
  ): Task {
    const { database, clock } = this.#parts;
    const live = database.tasks.live(kind, endpoint.id, node?.id ?? null);
    if (live !== null && kind === 'discover') return live;
    if (live !== null)
      throw new Failure(
        'task.already-live',
        `A task of the same kind is under way for ${node?.name ?? endpoint.name} already (${live.id}).`,
        { hint: liveHint },
      );
    const row: TaskRow = newTask(kind, endpoint, node, caller, input, clock.now());
    database.tasks.insert(row);
    this.#taskChanged(row.task);
    this.#queue.pump();
    return row.task;
  }

  async #withSession<T>(endpointId: string, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await openStored(
      this.#parts.database,
      this.#parts.openEndpoint,
      endpointId,
      this.#parts.clock.now,
    );
    try {
      return await work(session);
    } finally {
      await closeSession(session);
    }
  }

  #taskChanged(task: Task): void {
    this.events.changed('tasks', task.id);
    if (task.waitingFor === 'approval') this.#tellApproval(task);
    if (task.kind === 'discover' && task.finishedAt !== null) {
      this.events.changed('nodes', null);
      this.events.changed('endpoints', task.endpointId);
    }
    if (task.kind === 'certify') {
      this.events.changed('orders', null);
      if (task.finishedAt !== null) this.#nodeChanged(task.nodeId);
    }
    if (task.finishedAt !== null) {
      this.events.changed('audit', null);
      this.#renewLoop.wake();
    }
    this.#notifications.levelMayHaveChanged();
  }

  #tellApproval(task: Task): void {
    const approval = this.#parts.database.approvals.ofTask(task.id);
    if (approval?.state !== 'pending') return;
    this.events.changed('approvals', approval.id);
    this.#notifications.approvalNeeded(approval);
  }

  #nodeChanged(nodeId: string | null): void {
    this.events.changed('nodes', nodeId);
    this.events.changed('certificates', null);
    this.#notifications.levelMayHaveChanged();
  }

  #endpoint(id: string): EndpointRow {
    const row = this.#parts.database.endpoints.get(id);
    if (row === null)
      throw new Failure('endpoint.not-found', 'There is no such endpoint.', { retry: 'never' });
    return row;
  }

  #node(id: string): EndpointNode {
    const node = this.#parts.database.nodes.get(id);
    if (node === null)
      throw new Failure('node.not-found', 'There is no such node.', {
        retry: 'never',
        hint: 'Discover the nodes of the endpoint first.',
      });
    return node;
  }

  #task(id: string): TaskRow {
    const row = this.#parts.database.tasks.get(id);
    if (row === null) throw new Failure('task.not-found', `There is no task ${id}.`, { retry: 'never' });
    return row;
  }
}

/** Without the fields that are undefined. */
function defined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;
}
