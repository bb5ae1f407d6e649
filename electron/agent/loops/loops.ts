import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { DomainLoop, WokenBy } from '../domain.ts';
import { Loop } from './loop.ts';

/** All loops of an agent. */
export class Loops {
  readonly #all: readonly { about: DomainLoop; loop: Loop }[];

  constructor(all: readonly DomainLoop[], clock: Clock, log: Log) {
    this.#all = all.map((about) => ({
      about,
      loop: new Loop(about.name, clock, log, (signal) => about.turn(signal)),
    }));
  }

  start(): void {
    for (const { about, loop } of this.#all) loop.start(about.firstTurnMs);
  }

  wake(by: WokenBy): void {
    for (const { about, loop } of this.#all) if (about.wokenBy.includes(by)) loop.wake();
  }

  /** Waits for the turns that run. */
  async stop(): Promise<void> {
    await Promise.all(this.#all.map(({ loop }) => loop.stop()));
  }
}
