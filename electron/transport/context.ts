import type { Caller } from '../agent/caller.ts';

/** What every call carries: who asks. Given by the transport, never by the caller's words alone. */
export interface CallContext {
  caller: Caller;
}

/** What a handler gets besides: the pen for its one audit row. */
export interface CommandContext extends CallContext {
  audit: AuditPen;
}

export interface AuditNote {
  /** Id of what it was done to. */
  subject: string | null;
  /** What was done, for people, with the names involved. */
  sentence: string;
  /** Left out: `ok`. For commands whose answer is itself a "no". */
  outcome?: 'refused' | undefined;
}

/** The middleware writes the row when the handler did not; a handler that writes rows uses `commit`. */
export interface AuditPen {
  /** What the row will say when the command succeeds. */
  note(note: AuditNote): void;
  /** `work` and the audit row in one transaction; `work` gives what the row says. */
  commit<T>(work: () => T, note: (done: T) => AuditNote): T;
}
