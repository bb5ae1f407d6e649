import type { Origin } from '#shared/model/origin.ts';

/** Who asks. */
export interface Caller {
  origin: Origin;
  /** Operating system account, or the name of the server. */
  actor: string | null;
  /** What a server calls the order that this call carries out. The same order twice begins one task. */
  outsideId?: string | undefined;
}

/** What the agent begins by itself. */
export const agentItself: Caller = { origin: 'agent', actor: null };
