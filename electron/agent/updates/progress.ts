import type { Ground } from '../domain.ts';
import { nextPhase, type Phase, type PhaseEvent } from './phase.ts';
import { readMemory, saveMemory } from './stored.ts';
import { nextCheckAt } from './timing.ts';
import { aboutReady, percentOf } from './words.ts';

/** How far the update is, and what is remembered of it; tells of every change. */
export class Progress {
  readonly #ground: Ground;
  #phase: Phase = { name: 'idle' };

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** False where the event has no place in the present phase: nothing changes then. */
  to(happened: PhaseEvent): boolean {
    const next = nextPhase(this.#phase, happened);
    if (next === null) return false;
    const [before, after] = [percentShown(this.#phase), percentShown(next)];
    this.#phase = next;
    if (before === null || before !== after) this.#changed();
    return true;
  }

  /** After a check or a download: how it went, and when the next check comes. `failures` in a row. */
  remember(failures: number, lastResult: string): void {
    const { database, clock, updates } = this.#ground.parts;
    const now = clock.now();
    const next = nextCheckAt(now, failures, updates.random());
    saveMemory(database, { lastCheckAt: now, lastResult, failures, nextCheckAt: next });
    this.#changed();
  }

  failedOnceMore(why: string): void {
    this.remember(readMemory(this.#ground.parts.database).failures + 1, why);
  }

  /** This machine's place in a staged roll-out; drawn once. */
  share(): number {
    const { database, updates } = this.#ground.parts;
    const { share } = readMemory(database);
    if (share !== null) return share;
    const drawn = updates.random() * 100;
    saveMemory(database, { share: drawn });
    return drawn;
  }

  /** Once per version. */
  tellReady(version: string): void {
    const { database } = this.#ground.parts;
    if (readMemory(database).toldReady === version) return;
    saveMemory(database, { toldReady: version });
    this.#ground.notifications.notify(aboutReady(version));
  }

  #changed(): void {
    this.#ground.events.changed('autoupdate', null);
  }
}

/** Null where nothing is being downloaded. */
function percentShown(phase: Phase): number | null {
  return phase.name === 'downloading' ? percentOf(phase.bytes, phase.offer.shown.size) : null;
}
