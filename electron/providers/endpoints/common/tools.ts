import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';

export interface EndpointTools {
  clock: Clock;
  log: Log;
}
