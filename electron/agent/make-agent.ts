import type { KeychainState } from '#shared/contract/agent.ts';
import { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Endpoint as EndpointRow, ProbeReport } from '#shared/model/endpoint.ts';
import type { EndpointNode, ServedFact } from '#shared/model/node.ts';
import type { Plan } from '#shared/model/plan.ts';
import type { Settings } from '#shared/model/settings.ts';
import type { Subject } from '#shared/model/subject.ts';
import type { Task, TaskKind } from '#shared/model/task.ts';
import type { TaskRow } from '../database/database.ts';
import type { Authority } from '../providers/authorities/authority.ts';
import type { LoginMaterial } from '../providers/connections/connection.ts';
import type { Agent, Caller, CertificateWish } from './agent.ts';
import { cancelled, refuseToCancel } from './cancel.ts';
import { Changes } from './changes.ts';
import { decide } from './decide.ts';
import { Events } from './events.ts';
import { aboutEndpoint, aboutNode, findEndpoint, findNode, findTask } from './find.ts';
import { Loop } from './loops/loop.ts';
import { renewTurn } from './loops/renew.ts';
import { scanTurn } from './loops/scan.ts';
import { watchNode, watchTurn } from './loops/watch.ts';
import { Notifications } from './notifications.ts';
import { probeDraft, reportOfNoConnection } from './probe.ts';
import { openStored, type SessionParts } from './sessions.ts';
import { gatherPlan } from './steps/plan.ts';
import type { LookAt, Session } from './steps/step.ts';
import { Clearing, clearUpEnded } from './tasks/clear-up.ts';
import { TaskEnds } from './tasks/ends.ts';
import { newTask } from './tasks/new-task.ts';
import { closeSession, openTools } from './tasks/open-tools.ts';
import { TaskQueue } from './tasks/queue.ts';
import { endRestored, recoverTasks } from './tasks/recovery.ts';
import { TaskRunner } from './tasks/runner.ts';
import { inputOfRenewal, inputOfWish } from './wishes.ts';

/** Everything the agent meets the world through; compose gives it. */
export interface AgentParts extends SessionParts {
  lookAt: LookAt;
  /** In force now: asked at each use, so that a change needs no restart. */
  settings(): Settings;
  /** Backs the database up when the last backup is this old. */
  backUp(olderThanMs: number): void;
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
const liveHint = 'Check the steps of that task to see what it is waiting for.';

export function makeAgent(parts: AgentParts): Agent {
  return new RunningAgent(parts);
}

class RunningAgent implements Agent {
  readonly events: Events;
  readonly #parts: AgentParts;
  readonly #notifications: Notifications;
  readonly #changes: Changes;
  readonly #ends: TaskEnds;
  readonly #queue: TaskQueue;
  readonly #clearing = new Clearing();
  readonly #renewLoop: Loop;
  readonly #watchLoop: Loop;
  readonly #scanLoop: Loop;
  readonly #backupLoop: Loop;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    const { database, clock, log } = parts;
    this.events = new Events(clock);
    this.#notifications = new Notifications(database, this.events, clock);
    this.#changes = new Changes(database, this.events, this.#notifications);
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
      watchTurn({ ...parts, changed: (id) => this.#changes.node(id) }),
    );
  }

  async start(): Promise<void> {
    const { database, clock } = this.#parts;
    await this.#parts.unlock();
    database.transaction(() => {
      endRestored(database, this.#ends, clock.now());
      recoverTasks(database, clock.now());
    });
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
      this.#clearing.ended(this.#parts.clock, graceMs),
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

  probeDraft(
    draft: EndpointRow,
    login: LoginMaterial,
  ): Promise<{ report: ProbeReport; identity: string | null }> {
    return probeDraft(this.#parts, draft, login);
  }

  async probe(endpointId: string): Promise<ProbeReport> {
    const { database, clock } = this.#parts;
    const connection = database.endpoints.get(endpointId)?.connection;
    const probed = this.#withSession(endpointId, (session) => session.endpoint.probe());
    const report = await probed.catch((error: unknown) =>
      reportOfNoConnection(error, clock.now(), connection),
    );
    const row = database.endpoints.get(endpointId);
    if (row !== null) database.endpoints.update({ ...row, probe: report });
    this.events.changed('endpoints', endpointId);
    return report;
  }

  discover(endpointId: string, caller: Caller): Task {
    return this.#begin('discover', aboutEndpoint(this.#endpoint(endpointId)), caller, {});
  }

  restart(endpointId: string, caller: Caller): Task {
    return this.#begin('restart', aboutEndpoint(this.#endpoint(endpointId)), caller, {});
  }

  request(wish: CertificateWish, caller: Caller): Task {
    const node = this.#node(wish.nodeId);
    if (node.notInstallable !== null) throw new Failure('node.not-installable', node.notInstallable);
    return this.#begin('certify', aboutNode(node), caller, inputOfWish(wish));
  }

  renew(nodeId: string, caller: Caller): Task {
    const node = this.#node(nodeId);
    const input = inputOfRenewal(this.#parts.database, node);
    return this.#begin('certify', aboutNode(node), caller, input);
  }

  async preview(wish: CertificateWish): Promise<Plan> {
    const { database } = this.#parts;
    const node = this.#node(wish.nodeId);
    const endpoint = this.#endpoint(node.endpointId);
    const input = inputOfWish(wish);
    return this.#withSession(endpoint.id, (session) =>
      gatherPlan({ database, endpoint, node, session, input }),
    );
  }

  cancel(taskId: string, caller: Caller): Task {
    const { database, clock } = this.#parts;
    const row = findTask(database, taskId);
    if (row.task.finishedAt !== null) return row.task;
    refuseToCancel(row, this.#queue.runs(taskId));
    const task = cancelled({ database, clock, ends: this.#ends }, row, caller);
    this.#taskChanged(task);
    const { tools, end } = openTools(this.#parts, task, new AbortController().signal);
    this.#clearing.add(clearUpEnded({ ...row, task }, tools).finally(end));
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
    const served = await watchNode({ ...this.#parts, changed: (id) => this.#changes.node(id) }, node);
    return served ?? node.served;
  }

  #begin(kind: TaskKind, subject: Subject, caller: Caller, input: Record<string, unknown>): Task {
    const { database, clock } = this.#parts;
    const ordered = caller.outsideId === undefined ? null : database.tasks.ofOrder(caller.outsideId);
    if (ordered !== null) return ordered;
    const live = database.tasks.live(kind, subject);
    if (live !== null && kind === 'discover') return live;
    if (live !== null)
      throw new Failure(
        'task.already-live',
        `A task of the same kind is already in progress for ${subject.name} (${live.id}).`,
        { hint: liveHint },
      );
    const row: TaskRow = newTask(kind, subject, caller, input, clock.now());
    database.tasks.insert(row);
    this.#taskChanged(row.task);
    this.#queue.pump();
    return row.task;
  }

  async #withSession<T>(endpointId: string, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await openStored(this.#parts, endpointId);
    try {
      return await work(session);
    } finally {
      await closeSession(session);
    }
  }

  #taskChanged(task: Task): void {
    this.#changes.task(task);
    if (task.finishedAt !== null) this.#renewLoop.wake();
  }

  #endpoint(id: string): EndpointRow {
    return findEndpoint(this.#parts.database, id);
  }

  #node(id: string): EndpointNode {
    return findNode(this.#parts.database, id);
  }
}
