import type { MessagePortMain } from 'electron';
import type { Overview } from '#shared/model/overview.ts';
import type { Events } from '../agent/events.ts';

/** What tray, notifications and quitting ask of the agent. The verbs are calls of the person at this desktop, audited as such. */
export interface DesktopQuestions {
  /** What a person called the agent; null: it has no name. */
  agentName(): string | null;
  /** Epoch milliseconds; null: the agent works. */
  pausedUntil(): number | null;
  pause(untilTomorrow: boolean): Promise<unknown>;
  resume(): Promise<unknown>;
  /** What is worked on now, for people: `Certificate for web1/shop`. */
  running(): string[];
  /** That no renewal check was completed for too long; null: all is well. */
  silence(): string | null;
  /** Within so many milliseconds, successes are told together. 0: each on its own. */
  digestMs(): number;
  /** Of a plan that waits for a decision; null: there is none. */
  waitingPlan(approvalOrTask: string): { approvalId: string; fingerprint: string } | null;
  /** Rejects when the plan is no longer the one of this fingerprint. */
  approve(plan: { approvalId: string; fingerprint: string }): Promise<unknown>;
  /** Left out: this build cannot update itself. */
  checkForUpdates?: () => Promise<unknown>;
}

/** What the shell needs of the composed agent, and all it knows about it. */
export interface DesktopAgent {
  readonly agent: {
    readonly events: Pick<Events, 'on'>;
    /** Looks again at what is due. Never rejects. */
    wake(): void;
  };
  readonly questions: DesktopQuestions;
  /** Answers the page at the other end of the port until it closes. */
  attachPort(port: MessagePortMain): void;
  overview(): Overview;
  /** Starts the agent. Once; may wait some seconds for the keychain. */
  start(): Promise<void>;
  /** Opens the local door for the command line. */
  listen(): Promise<void>;
  /** Lets running steps finish within `graceMs`, then closes everything. Idempotent. */
  stop(graceMs?: number): Promise<void>;
}
