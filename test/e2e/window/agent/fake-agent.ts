import { RPCHandler } from '@orpc/server/message-port';
import type { AgentEvent, Topic } from '#shared/contract/events.ts';
import type { World } from '../world/world.ts';
import { agentRoutes } from './agent.ts';
import { approvalRoutes } from './approvals.ts';
import { authorityRoutes } from './authorities.ts';
import { autoupdateRoutes } from './autoupdate.ts';
import { backupRoutes } from './backups.ts';
import { certificateRoutes } from './certificates.ts';
import { channelRoutes } from './channels.ts';
import { credentialRoutes } from './credentials.ts';
import { endpointRoutes } from './endpoints.ts';
import { plannedFailures } from './failures.ts';
import { os } from './procedures.ts';
import { proxyRoutes } from './proxy.ts';
import { recordRoutes } from './records.ts';
import { secretsRoutes } from './secrets.ts';
import { storeRoutes } from './stores.ts';
import { taskRoutes } from './tasks.ts';

/** Answers the contract from a world in memory, over a real port with the real handler: answers are parsed by schema. */
export class FakeAgent {
  readonly world: World;
  /** True while "stopped": asks for a port are not heard. */
  away = false;
  /** Thrown by the next changing command, once. */
  nextFailure: keyof typeof plannedFailures | null = null;
  /** Inputs of changing commands, for tests. */
  readonly calls: Array<{ command: string; input: unknown }> = [];
  /** Every procedure that was called, for tests. */
  readonly asked: string[] = [];
  readonly #listeners = new Set<(event: AgentEvent) => void>();
  readonly #wakes = new Set<() => void>();
  #stopping = false;
  readonly #ports = new Set<MessagePort>();

  constructor(world: World) {
    this.world = world;
  }

  serve(port: MessagePort): void {
    this.#ports.add(port);
    new RPCHandler(this.router()).upgrade(port);
    port.start();
  }

  emit(event: AgentEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  changed(...topics: Topic[]): void {
    for (const topic of topics) this.emit({ type: 'changed', topic, id: null, at: Date.now() });
  }

  stop(): void {
    this.away = true;
    this.#stopping = true;
    for (const wake of this.#wakes) wake();
    const ports = [...this.#ports];
    this.#ports.clear();
    // the last answers are still on their way
    setTimeout(() => {
      for (const port of ports) port.close();
    }, 50);
  }

  start(): void {
    this.away = false;
    this.#stopping = false;
  }

  /** Every procedure of the contract. */
  router() {
    const tools = {
      world: this.world,
      changed: (...topics: Topic[]) => this.changed(...topics),
      emit: (event: AgentEvent) => this.emit(event),
      did: (command: string, input: unknown) => this.#did(command, input),
    };
    const noted = os.use(({ path, next }) => {
      this.asked.push(path.join('.'));
      return next();
    });
    return noted.router({
      ...agentRoutes(tools, (signal) => this.#events(signal)),
      ...secretsRoutes(tools),
      ...endpointRoutes(tools),
      ...certificateRoutes(tools),
      ...taskRoutes(tools),
      ...approvalRoutes(tools),
      ...authorityRoutes(tools),
      ...storeRoutes(tools),
      ...credentialRoutes(tools),
      ...proxyRoutes(tools),
      ...autoupdateRoutes(tools),
      ...backupRoutes(tools),
      ...recordRoutes(tools),
      ...channelRoutes(tools),
    });
  }

  #did(command: string, input: unknown): void {
    this.calls.push({ command, input });
    const planned = this.nextFailure;
    this.nextFailure = null;
    if (planned !== null) throw plannedFailures[planned]();
  }

  async *#events(signal: AbortSignal | undefined): AsyncGenerator<AgentEvent> {
    const queue: AgentEvent[] = [{ type: 'hello', at: Date.now() }];
    let wake = (): void => {};
    const listener = (event: AgentEvent): void => {
      queue.push(event);
      wake();
    };
    this.#listeners.add(listener);
    signal?.addEventListener('abort', () => wake());
    try {
      this.#wakes.add(() => wake());
      while (!signal?.aborted && !this.#stopping) {
        const next = queue.shift();
        if (next !== undefined) yield next;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }
}
