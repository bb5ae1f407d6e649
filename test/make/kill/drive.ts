import { asFailure, Failure } from '#shared/failure.ts';
import type { Task } from '#shared/model/task.ts';
import type { Round } from './round.ts';
import { countedCredential, nodeOf, store, type World } from './world.ts';

/** A call that changed something and was answered. */
interface Acknowledged {
  action: string;
  subject: string;
}

const longestMs = 120_000;

/** What a person does in one round, over all lives of the agent: asks, decides, watches, and begins again after each. */
export class Drive {
  readonly acknowledged: Acknowledged[] = [];
  taskId: string | null = null;
  /** Once it has ended. */
  task: Task | null = null;
  readonly #world: World;
  readonly #round: Round;
  /** The newest task of the node before this round. */
  #before: string | null | undefined;
  #policySet = false;

  constructor(world: World, round: Round) {
    this.#world = world;
    this.#round = round;
  }

  /** Until the task has ended, or the process. */
  async go(): Promise<'ended' | 'gone'> {
    const storing = this.#round.storesMeanwhile ? this.#storeValues() : null;
    try {
      if (!(await this.#setPolicy()) || !(await this.#ask())) return 'gone';
      return await this.#watch();
    } finally {
      this.#storing = false;
      await storing;
    }
  }

  #storing = false;

  async #storeValues(): Promise<void> {
    this.#storing = true;
    while (this.#storing) {
      const value = this.#world.acknowledged + 1;
      const changes = { password: String(value) };
      const stored = await this.#world.agent
        .call((client) => client.credentials.update({ storename: store, id: countedCredential, changes }))
        .catch(() => 'refused' as const);
      if (stored === null) return;
      if (stored !== 'refused') this.#world.acknowledged = value;
      await pause(50);
    }
  }

  async #setPolicy(): Promise<boolean> {
    const { target, changesPolicy } = this.#round;
    if (this.#policySet || !changesPolicy) return true;
    const on = !this.#world.automatic.has(target.endpoint);
    const answer = await this.#world.agent.call((client) =>
      client.endpoints.update({ endpoint: target.endpoint, changes: { auto_approve: on } }),
    );
    if (answer === null) return false;
    this.#acknowledge('endpoints.update', answer.endpoint.id);
    if (on) this.#world.automatic.add(target.endpoint);
    else this.#world.automatic.delete(target.endpoint);
    this.#policySet = true;
    return true;
  }

  async #ask(): Promise<boolean> {
    if (this.taskId !== null) return true;
    const about = nodeOf(this.#world, this.#round.target);
    const listed = await this.#world.agent.call((client) => client.tasks.list({ about, limit: 20 }));
    if (listed === null) return false;
    const newest = listed.find(({ kind }) => kind === 'certify')?.id ?? null;
    if (this.#before === undefined) this.#before = newest;
    if (newest !== null && newest !== this.#before) {
      this.taskId = newest; // begun, and the answer was cut off
      return true;
    }
    const { keyPlace, reason, authority } = this.#round;
    const answer = await this.#world.agent.call((client) =>
      reason === 'renew'
        ? client.certificates.renew({ node: about })
        : client.certificates.request({
            ...{ node: about, key_place: keyPlace },
            authority: this.#world.authorityNames.get(authority) ?? '',
          }),
    );
    if (answer === null) return false;
    this.taskId = answer.taskId;
    this.#acknowledge(`certificates.${reason}`, answer.taskId);
    return true;
  }

  async #watch(): Promise<'ended' | 'gone'> {
    const end = performance.now() + longestMs;
    for (;;) {
      const task = this.taskId ?? '';
      const shown = await this.#world.agent.call((client) => client.tasks.show({ task }));
      if (shown === null) return 'gone';
      if (shown.task.finishedAt !== null) {
        this.task = shown.task;
        return 'ended';
      }
      if (shown.task.waitingFor === 'approval' && !(await this.#decide())) return 'gone';
      if (performance.now() > end) throw new Error(`the task does not end: ${JSON.stringify(shown.task)}`);
      await pause(25);
    }
  }

  async #decide(): Promise<boolean> {
    const { agent } = this.#world;
    const task = this.taskId ?? '';
    const shown = await agent.call((client) => client.approvals.show({ approval: task }));
    if (shown === null) return false;
    if (shown.state !== 'pending') return true;
    const { person } = this.#round;
    if (person === 'cancels') return this.#cancel(task);
    const verb = person === 'approves' ? 'approve' : 'reject';
    const { fingerprint } = shown.plan;
    const answer = await agent.call((client) => client.approvals[verb]({ approval: shown.id, fingerprint }));
    if (answer === null) return false;
    this.#acknowledge(`approvals.${verb}`, shown.id);
    return true;
  }

  async #cancel(task: string): Promise<boolean> {
    try {
      const answer = await this.#world.agent.call((client) => client.tasks.cancel({ task }));
      if (answer === null) return false;
      this.#acknowledge('tasks.cancel', task);
    } catch (error) {
      if (asFailure(error).code !== 'task.busy') throw error; // a moment later it is not
    }
    return true;
  }

  #acknowledge(action: string, subject: string): void {
    this.acknowledged.push({ action, subject });
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const sentenceOf = (error: unknown): string =>
  error instanceof Failure
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? error.message
      : String(error);
