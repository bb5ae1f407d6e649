import type { MessagePortMain } from 'electron';
import type { DesktopAgent } from './desktop-agent.ts';

interface Parts {
  /** Makes the agent; called at most once. */
  load(): Promise<DesktopAgent>;
  /** The agent is made and is now to be started. */
  start(desktop: DesktopAgent): Promise<void>;
  failed(reason: unknown): void;
}

/** Where the agent will be. The window does not wait for it: ports that come early are kept for it. */
export class AgentSlot {
  readonly #parts: Parts;
  #agent: DesktopAgent | null = null;
  #working: Promise<void> | null = null;
  #early: MessagePortMain[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Null until the agent is made. */
  current(): DesktopAgent | null {
    return this.#agent;
  }

  /** Makes and starts the agent; further calls do nothing. */
  begin(): void {
    this.#working ??= this.#make().catch((reason: unknown) => this.#parts.failed(reason));
  }

  attach(port: MessagePortMain): void {
    if (this.#agent !== null) this.#agent.attachPort(port);
    else this.#early.push(port);
  }

  /** Waits for a start that is under way, then stops. */
  async stop(graceMs?: number): Promise<void> {
    await this.#working;
    await this.#agent?.stop(graceMs);
  }

  async #make(): Promise<void> {
    this.#agent = await this.#parts.load();
    for (const port of this.#early) this.#agent.attachPort(port);
    this.#early = [];
    await this.#parts.start(this.#agent);
  }
}
