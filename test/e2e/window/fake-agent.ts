import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { AgentEvent, Topic } from '#shared/contract/events.ts';
import { contract } from '#shared/contract/index.ts';
import type { FailureData } from '#shared/failure.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import { fail, need } from './fake-failure.ts';
import { storeRoutes } from './fake-stores.ts';
import { wayRoutes } from './fake-ways.ts';
import { makePlan } from './history.ts';
import { fakePem } from './rich.ts';
import { fakeHash, overviewOf, type World } from './world.ts';

const os = implement(contract);

/** Answers the contract from a world in memory, over a real port with the real handler: outputs are checked by schema. */
export class FakeAgent {
  readonly world: World;
  /** True while "stopped": asks for a port are not heard. */
  away = false;
  /** Thrown by the next changing command, once. */
  nextFailure: FailureData | null = null;
  /** Inputs of changing commands, for tests. */
  readonly calls: Array<{ command: string; input: unknown }> = [];
  readonly #listeners = new Set<(event: AgentEvent) => void>();
  readonly #wakes = new Set<() => void>();
  #stopping = false;
  readonly #ports = new Set<MessagePort>();

  constructor(world: World) {
    this.world = world;
  }

  serve(port: MessagePort): void {
    this.#ports.add(port);
    new RPCHandler(this.#router()).upgrade(port);
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

  #did(command: string, input: unknown): void {
    this.calls.push({ command, input });
    const failure = this.nextFailure;
    this.nextFailure = null;
    if (failure !== null) throw fail(failure);
  }

  #endpoint(name: string): Endpoint {
    return need(
      this.world.endpoints,
      (one) => one.id === name || one.name === name,
      `There is no endpoint ${name}.`,
    );
  }

  #task(name: string) {
    return need(this.world.tasks, (one) => one.id === name, `There is no task ${name}.`);
  }

  #approval(name: string) {
    return need(
      this.world.approvals,
      (one) => one.id === name || one.taskId === name,
      `There is no plan ${name} to approve.`,
    );
  }

  #node(name: string) {
    return need(this.world.nodes, (one) => one.id === name, `There is no node ${name}.`);
  }

  #router() {
    const { world } = this;
    const newestFirst = <T extends { createdAt: number }>(rows: T[]): T[] =>
      rows.toSorted((a, b) => b.createdAt - a.createdAt);
    const tools = {
      world,
      changed: (...topics: Topic[]) => this.changed(...topics),
      did: (command: string, input: unknown) => this.#did(command, input),
    };
    return os.router({
      ...storeRoutes(tools),
      ...wayRoutes(tools),
      agent: {
        status: os.agent.status.handler(() => world.status),
        overview: os.agent.overview.handler(() => overviewOf(world)),
        events: os.agent.events.handler(({ signal }) => this.#events(signal)),
        stop: os.agent.stop.handler(({ input }) => {
          this.#did('agent.stop', input);
          return {};
        }),
        show: os.agent.show.handler(() => ({})),
      },
      secrets: {
        state: os.secrets.state.handler(() => world.status.keychain),
        choose: os.secrets.choose.handler(({ input }) => this.#keychain(input.kind, true)),
        unlock: os.secrets.unlock.handler(({ input }) => {
          this.#did('secrets.unlock', input);
          if (world.status.keychain.kind === 'passphrase' && input.passphrase !== 'correct horse battery')
            throw fail({
              code: 'secrets.wrong-passphrase',
              sentence: 'This is not the passphrase.',
              hint: 'Type it again; capital letters matter.',
              retry: 'needs-person',
            });
          return this.#keychain(world.status.keychain.kind, false);
        }),
        recoveryKey: os.secrets.recoveryKey.handler(() => {
          if (world.recoveryKey === null)
            throw fail({
              code: 'secrets.recovery-key-shown',
              sentence: 'The recovery key was shown already.',
              retry: 'never',
            });
          const recoveryKey = world.recoveryKey;
          world.recoveryKey = null;
          world.status.keychain.recoveryKeyWaiting = false;
          this.changed('secrets');
          return { recoveryKey };
        }),
        rotate: os.secrets.rotate.handler(({ input }) => {
          this.#did('secrets.rotate', input);
          const kind = world.status.keychain.kind ?? 'os-keychain';
          return { ...this.#keychain(kind, true), resealed: 214 };
        }),
        recover: os.secrets.recover.handler(() => this.#keychain('os-keychain', false)),
      },
      endpoints: {
        add: os.endpoints.add.handler(({ input }) => {
          this.#did('endpoints.add', input);
          const like = world.endpoints.find((one) => one.type === input.type) ?? exampleEndpoint(world.now);
          const name = String((input as { name?: unknown }).name);
          const endpoint = { ...like, id: `ep_${fakeHash(name).slice(0, 12)}`, name, discoveredAt: null };
          world.endpoints.push(endpoint);
          this.changed('endpoints');
          const probe = like.probe ?? { ok: true, version: null, checks: [], at: world.now };
          return { endpoint, probe, taskId: null };
        }),
        list: os.endpoints.list.handler(() => world.endpoints),
        show: os.endpoints.show.handler(({ input }) => ({
          ...this.#endpoint(input.endpoint),
          storeName: null,
        })),
        update: os.endpoints.update.handler(({ input }) => {
          this.#did('endpoints.update', input);
          const endpoint = this.#endpoint(input.endpoint);
          this.changed('endpoints');
          return {
            endpoint,
            probe: endpoint.probe ?? { ok: true, version: null, checks: [], at: world.now },
          };
        }),
        remove: os.endpoints.remove.handler(({ input }) => {
          this.#did('endpoints.remove', input);
          const endpoint = this.#endpoint(input.endpoint);
          world.endpoints = world.endpoints.filter((one) => one !== endpoint);
          this.changed('endpoints');
          return {};
        }),
        probe: os.endpoints.probe.handler(({ input }) => {
          const { probe } = this.#endpoint(input.endpoint);
          if (probe === null)
            throw fail({ code: 'endpoint.unreachable', sentence: 'It did not answer.', retry: 'later' });
          return probe;
        }),
        discover: os.endpoints.discover.handler(({ input }) => {
          this.#did('endpoints.discover', input);
          return { taskId: world.tasks[0]?.id ?? '' };
        }),
        restart: os.endpoints.restart.handler(() => ({ taskId: world.tasks[0]?.id ?? '' })),
      },
      nodes: {
        list: os.nodes.list.handler(({ input }) =>
          world.nodes.filter((node) => input.endpoint === undefined || node.endpointId === input.endpoint),
        ),
        show: os.nodes.show.handler(({ input }) => {
          const node = this.#node(input.node);
          return { node, renewal: world.renewals.find((one) => one.nodeId === node.id) ?? null };
        }),
        verify: os.nodes.verify.handler(({ input }) => this.#node(input.node).served),
      },
      certificates: {
        list: os.certificates.list.handler(() =>
          world.certificates.map(({ chainPem: _chain, ...rest }) => ({
            ...rest,
            usedBy: world.nodes
              .filter((node) => node.certificate?.fingerprint === rest.fingerprint)
              .map((node) => ({ nodeId: node.id, name: `${node.endpointName} / ${node.name}` })),
          })),
        ),
        show: os.certificates.show.handler(({ input }) =>
          need(
            world.certificates,
            (one) => one.fingerprint === input.certificate,
            'There is no such certificate.',
          ),
        ),
        request: os.certificates.request.handler(({ input }) => {
          this.#did('certificates.request', input);
          return { taskId: world.tasks.find((task) => task.state === 'running')?.id ?? '' };
        }),
        renew: os.certificates.renew.handler(() => ({ taskId: world.tasks[0]?.id ?? '' })),
        preview: os.certificates.preview.handler(({ input }) =>
          makePlan(world, this.#node(input.node), 'request'),
        ),
      },
      outbox: {
        list: os.outbox.list.handler(() => []),
        acknowledge: os.outbox.acknowledge.handler(() => ({})),
      },
      orders: {
        list: os.orders.list.handler(() => world.orders.toSorted((a, b) => b.number - a.number)),
        show: os.orders.show.handler(({ input }) =>
          need(world.orders, (one) => one.number === input.number, 'There is no such order.'),
        ),
      },
      tasks: {
        list: os.tasks.list.handler(({ input }) =>
          newestFirst(world.tasks)
            .filter((task) => input.states === undefined || input.states.includes(task.state))
            .slice(0, input.limit),
        ),
        show: os.tasks.show.handler(({ input }) => ({
          task: this.#task(input.task),
          plan: world.plans.get(input.task) ?? null,
        })),
        cancel: os.tasks.cancel.handler(({ input }) => {
          this.#did('tasks.cancel', input);
          const task = this.#task(input.task);
          Object.assign(task, { state: 'cancelled', waitingFor: null, finishedAt: Date.now() });
          this.changed('tasks');
          return task;
        }),
      },
      approvals: {
        list: os.approvals.list.handler(({ input }) =>
          newestFirst(world.approvals).filter((one) => (input.states ?? ['pending']).includes(one.state)),
        ),
        show: os.approvals.show.handler(({ input }) => this.#approval(input.approval)),
        approve: os.approvals.approve.handler(({ input }) => this.#decide(input, 'approved')),
        reject: os.approvals.reject.handler(({ input }) => this.#decide(input, 'rejected')),
      },
      authorities: {
        add: os.authorities.add.handler(({ input }) => {
          this.#did('authorities.add', input);
          return need(world.authorities, () => true, '');
        }),
        list: os.authorities.list.handler(() => world.authorities),
        show: os.authorities.show.handler(({ input }) =>
          need(world.authorities, (one) => one.id === input.authority, 'There is no such authority.'),
        ),
        update: os.authorities.update.handler(({ input }) => {
          this.#did('authorities.update', input);
          return need(world.authorities, (one) => one.id === input.authority, 'There is no such authority.');
        }),
        remove: os.authorities.remove.handler(() => {
          throw fail({
            code: 'authority.in-use',
            sentence: 'The authority is used by 3 endpoints and 12 orders.',
            hint: 'Choose another authority for them first.',
            retry: 'needs-person',
          });
        }),
        test: os.authorities.test.handler(({ input }) => {
          const acme =
            world.authorities.find((one) => one.id === input.authority || one.name === input.authority)
              ?.kind === 'acme';
          return {
            ok: true,
            checks: [
              {
                name: 'directory',
                ok: true,
                sentence: acme
                  ? 'The directory answered in 84 ms.'
                  : 'The root is there and valid for 9 more years.',
              },
              { name: 'account', ok: true, sentence: 'The account is valid.' },
              { name: 'terms', ok: !acme || true, sentence: 'The terms of service are agreed to.' },
            ],
            profiles: acme
              ? {
                  classic: 'The usual certificate, 90 days.',
                  shortlived: 'Valid for 6 days, no revocation needed.',
                }
              : ({} as Record<string, string>),
          };
        }),
        root: os.authorities.root.handler(() => ({ pem: fakePem, fingerprint: fakeHash('root') })),
      },
      notifications: {
        list: os.notifications.list.handler(({ input }) => world.notifications.slice(0, input.limit)),
        markRead: os.notifications.markRead.handler(({ input }) => {
          for (const one of world.notifications)
            if (input.notification === undefined || one.id === input.notification) one.readAt ??= Date.now();
          this.changed('notifications');
          return {};
        }),
      },
      settings: {
        show: os.settings.show.handler(() => world.settings),
        set: os.settings.set.handler(({ input }) => {
          this.#did('settings.set', input);
          Object.assign(world.settings, input);
          this.changed('settings');
          return world.settings;
        }),
      },
      audit: {
        list: os.audit.list.handler(({ input }) =>
          world.audit
            .toReversed()
            .filter((entry) => input.before === undefined || entry.number < input.before)
            .slice(0, input.limit ?? 200),
        ),
        verify: os.audit.verify.handler(() => {
          const bad = world.audit.find(
            (entry) => entry.hash !== fakeHash(entry.previousHash + entry.sentence),
          );
          return {
            ok: bad === undefined,
            entries: world.audit.length,
            firstBad:
              bad === undefined
                ? null
                : {
                    number: bad.number,
                    sentence: `Entry ${bad.number} does not have the hash of its content: it was changed after it was written.`,
                  },
            head: world.audit.at(-1)?.hash ?? '0'.repeat(64),
          };
        }),
      },
    });
  }

  #keychain(kind: World['status']['keychain']['kind'], fresh: boolean) {
    this.world.status.keychain = {
      kind,
      state: 'ready',
      sentence: 'The stored secrets are open.',
      recoveryKeyWaiting: fresh,
    };
    if (fresh) this.world.recoveryKey = 'TK1-7QXM-4FKD-W2PN-9RTB-H6SC-3VJA-8YLE-5GZU';
    this.changed('secrets');
    return this.world.status.keychain;
  }

  #decide(
    input: { approval: string; fingerprint?: string | undefined; comment?: string | undefined },
    state: 'approved' | 'rejected',
  ) {
    this.#did(`approvals.${state}`, input);
    const approval = this.#approval(input.approval);
    if (input.fingerprint !== approval.plan.fingerprint)
      throw fail({
        code: 'approval.other-plan',
        sentence: 'The plan is another one by now.',
        hint: 'Read it again.',
        retry: 'needs-person',
      });
    Object.assign(approval, {
      state,
      decidedBy: 'mara',
      decidedOrigin: 'gui',
      decidedAt: Date.now(),
      comment: input.comment ?? null,
    });
    this.changed('approvals', 'tasks');
    return approval;
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

function exampleEndpoint(now: number): Endpoint {
  return {
    id: 'ep_example',
    name: 'example',
    type: 'nginx',
    connection: { type: 'local' },
    settings: { type: 'nginx', nginxConfigPath: null, nginxPath: null },
    policy: { autoApprove: false, autoRenew: true, authorityId: null, keyType: null },
    probe: {
      ok: true,
      version: 'nginx/1.26.2',
      checks: [{ name: 'program', ok: true, sentence: 'nginx 1.26.2 at /usr/sbin/nginx.' }],
      at: now,
    },
    discoveredAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
