import type { KeychainState } from '#shared/contract/agent.ts';
import type { Failure } from '#shared/failure.ts';
import type { Approval } from '#shared/model/approval.ts';
import type { Task } from '#shared/model/task.ts';
import type { Caller } from './caller.ts';
import type { DomainCommands } from './domains.ts';
import type { Events } from './events.ts';
import type { PauseControl } from './pause.ts';

/**
 * The heart: what commands call, with the commands of each domain by its name. Starting a task stores it and comes back
 * at once; the work goes on by itself and is told through `events`. Safe concurrently.
 */
export interface Agent extends DomainCommands {
  readonly events: Events;
  readonly pause: Pick<PauseControl, 'state' | 'begin' | 'end'>;
  /** Unlocks the master key (or starts waiting for a person), recovers interrupted tasks, starts the loops. Once. */
  start(): Promise<void>;
  /** Lets running steps finish (at most `graceMs`), then stops. Waiting tasks stay for the next start. */
  stop(graceMs?: number): Promise<void>;
  cancel(taskId: string, caller: Caller): Task;
  decide(
    approvalId: string,
    yes: boolean,
    seenFingerprint: string | undefined,
    comment: string | undefined,
    caller: Caller,
  ): Approval;
  /** Tells a person what a server asks for that only a person may do; once for as long as it is unread. */
  askPerson(sentence: string): void;
  /** Tells a person that a credential store cannot log in any more, or soon not; once for as long as it is unread. */
  loginLost(store: string, why: Failure): void;
  /** Tells a person that nobody confirmed a proxy setting on trial. */
  proxyReverted(sentence: string): void;
  /** Looks again at what is due now (after sleep, after unlock, after a setting changed). Never rejects. */
  wake(): void;
  keychainState(): KeychainState;
  /** What is worked on now. */
  running(): Task[];
}
