import type { Clock, Timer } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { AgentStatus } from '#shared/contract/agent.ts';
import type { AgentEvent } from '#shared/contract/events.ts';
import { Failure } from '#shared/failure.ts';
import type { Overview } from '#shared/model/overview.ts';
import type { Settings } from '#shared/model/settings.ts';
import { silenceSentence } from '../agent/policies/silence.ts';
import { type Client, failureOf } from '../transport/client.ts';
import { forwardingRouter } from '../transport/forward.ts';
import { attachPort, type PortLike } from '../transport/port.ts';

interface Parts {
  /** Null when no service answers. Rejects with `agent.denied` when this account may not call it. */
  connect(): Promise<Client | null>;
  clock: Clock;
  log: Log;
}

/** Pauses before the service is looked for again: soon after a restart, then without hurry. */
const asksMs = [500, 1_000, 2_000, 5_000, 15_000] as const;

/**
 * The running service of this machine, as the desktop knows an agent: window, tray and notifications show it, and nothing
 * of its work is done here. Null where none runs or this account may not call it. When it goes away, the tray says so, the
 * ports close, and it is looked for until it is back.
 */
export async function serviceAgent(parts: Parts): Promise<ServiceAgent | null> {
  try {
    const client = await parts.connect();
    if (client === null) return null;
    return new ServiceAgent(parts, client, await factsOf(client));
  } catch (error) {
    parts.log.info('the service of this machine is not shown', { because: failureOf(error).message });
    return null;
  }
}

/** What the desktop asks without waiting, as the service last said it. */
interface Facts {
  overview: Overview;
  status: AgentStatus;
  settings: Settings;
}

async function factsOf(client: Client): Promise<Facts> {
  const [overview, status, settings] = await Promise.all([
    client.agent.overview({}),
    client.agent.status({}),
    client.settings.show({}),
  ]);
  return { overview, status, settings };
}

/** Tray and notifications show something else after it. */
function isAboutFacts(event: AgentEvent): boolean {
  if (event.type !== 'changed') return event.type !== 'probing';
  return ['approvals', 'notifications', 'settings', 'agent'].includes(event.topic);
}

class ServiceAgent {
  readonly agent: {
    events: { on(listener: (event: AgentEvent) => void): () => void };
    wake(): void;
  };
  readonly #parts: Parts;
  readonly #listeners = new Set<(event: AgentEvent) => void>();
  readonly #ports = new Set<PortLike>();
  readonly #ended = new AbortController();
  readonly #router = forwardingRouter(() => this.#current());
  #client: Client | null;
  #facts: Facts;
  readonly #waiting = new Map<string, { approvalId: string; fingerprint: string }>();
  #asked = 0;
  #timer: Timer | null = null;

  constructor(parts: Parts, client: Client, facts: Facts) {
    this.#parts = parts;
    this.#client = client;
    this.#facts = facts;
    this.agent = {
      events: {
        on: (listener) => {
          this.#listeners.add(listener);
          return () => this.#listeners.delete(listener);
        },
      },
      wake: () => {}, // it did not sleep for this desktop
    };
  }

  readonly questions = {
    agentName: () => this.#facts.settings.agent_name || null,
    pausedUntil: () => this.#facts.status.pause?.until ?? null,
    pause: (untilTomorrow: boolean) =>
      this.#current().agent.pause(untilTomorrow ? { until_tomorrow: true } : { minutes: 60 }),
    resume: () => this.#current().agent.resume({}),
    /** It goes on when this desktop quits. */
    running: () => [],
    silence: () => {
      void this.#refresh();
      const since = this.#facts.status.renewals.silentSince;
      return since === null ? null : silenceSentence(since, this.#parts.clock.now());
    },
    digestMs: () => this.#facts.settings.digest_minutes * 60_000,
    waitingPlan: (approvalOrTask: string) => this.#waiting.get(approvalOrTask) ?? null,
    approve: ({ approvalId, fingerprint }: { approvalId: string; fingerprint: string }) =>
      this.#current().approvals.approve({ approval: approvalId, fingerprint }),
  };

  attachPort(port: PortLike): void {
    if (this.#client === null) {
      port.close();
      return;
    }
    this.#ports.add(port);
    port.on('close', () => this.#ports.delete(port));
    attachPort(this.#router, port, { origin: 'gui', actor: null });
  }

  overview(): Overview {
    return this.#facts.overview;
  }

  async start(): Promise<void> {
    if (this.#client !== null) this.#follow(this.#client);
  }

  /** The service has doors of its own. */
  async listen(): Promise<void> {}

  /** Leaves the service running. */
  async stop(): Promise<void> {
    this.#ended.abort();
    this.#timer?.cancel();
    this.#closePorts();
  }

  #current(): Client {
    if (this.#client !== null) return this.#client;
    throw new Failure('agent.unreachable', 'The service of this machine does not answer.', {
      hint: 'It may be restarting. See: trustkeep service status',
    });
  }

  #follow(client: Client): void {
    this.#hearAll(client)
      .catch((error: unknown) => {
        this.#parts.log.info('the service stopped answering', { because: failureOf(error).message });
      })
      .finally(() => this.#lose());
  }

  async #hearAll(client: Client): Promise<void> {
    for await (const event of await client.agent.events({}, { signal: this.#ended.signal })) {
      this.#asked = 0;
      if (isAboutFacts(event)) this.#facts = await factsOf(client);
      if (event.type === 'notification') await this.#rememberPlan(client, event.notification.approvalId);
      this.#tell(event);
    }
  }

  /** So that it can be approved from the notification. */
  async #rememberPlan(client: Client, approval: string | null): Promise<void> {
    if (approval === null) return;
    const { id, taskId, state, plan } = await client.approvals.show({ approval });
    if (state !== 'pending') return;
    for (const key of [id, taskId]) this.#waiting.set(key, { approvalId: id, fingerprint: plan.fingerprint });
  }

  async #refresh(): Promise<void> {
    try {
      if (this.#client !== null) this.#facts = await factsOf(this.#client);
    } catch (error) {
      this.#parts.log.debug('the service did not say how it is', { because: failureOf(error).message });
    }
  }

  #lose(): void {
    if (this.#ended.signal.aborted) return;
    this.#client = null;
    this.#closePorts();
    const { clock } = this.#parts;
    const sentence = 'The service of this machine does not answer.';
    this.#tell({ type: 'level', level: 'unknown', sentence, tooltip: sentence, at: clock.now() });
    this.#askLater();
  }

  #askLater(): void {
    const wait = asksMs[Math.min(this.#asked, asksMs.length - 1)] ?? 0;
    this.#asked += 1;
    this.#timer = this.#parts.clock.after(wait, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    try {
      const client = await this.#parts.connect();
      if (client !== null) this.#facts = await factsOf(client);
      this.#client = client;
    } catch (error) {
      this.#parts.log.debug('the service does not answer yet', { because: failureOf(error).message });
    }
    if (this.#ended.signal.aborted) return;
    if (this.#client === null) return this.#askLater();
    const { level, sentence, tooltip } = this.#facts.overview;
    this.#tell({ type: 'level', level, sentence, tooltip, at: this.#parts.clock.now() });
    this.#follow(this.#client);
  }

  #tell(event: AgentEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #closePorts(): void {
    for (const port of this.#ports) port.close();
    this.#ports.clear();
  }
}
