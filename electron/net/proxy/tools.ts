import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { ProbeCheck } from '#shared/model/probe-check.ts';
import type { ProxyMemory } from './memory.ts';
import type { ProxyLogin } from './place.ts';

export interface ProxyTools {
  /** Asked at the moment of use, more than once per request; what it gave is wiped right after. Null: there is none. */
  login(): ProxyLogin | null;
  /** What was learnt before: schemes, nonces, refusals, kept connections. One per proxy setting, see `makeProxyMemory`. */
  memory: ProxyMemory;
  clock: Clock;
  log: Log;
  userAgent: string;
  signal?: AbortSignal | undefined;
  /** Until the tunnel is open, or the answer of `forward` begins. Default 30 s, of which 10 s to reach the proxy. */
  connectTimeoutMs?: number | undefined;
  /** Told each step as it is known: `proxy`, `authentication` (each exchange), `tunnel`; the last may be a "no". */
  note?: ((step: ProbeCheck) => void) | undefined;
}
