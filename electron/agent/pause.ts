import { z } from 'zod';
import type { Clock, Timer } from '#kit/clock.ts';
import { type Pause, pause } from '#shared/model/pause.ts';
import type { Database } from '../database/database.ts';
import { holds } from './policies/pause.ts';

const note = 'pause';
const stored = z.string().transform((text) => pause.parse(JSON.parse(text)));

interface PauseParts {
  database: Database;
  clock: Clock;
  /** A pause began, was changed or is over. */
  changed(): void;
}

/** A time in which the agent begins nothing on its own. Stored, so that it holds after a start too; it ends with its time. */
export class PauseControl {
  readonly #parts: PauseParts;
  #timer: Timer | null = null;

  constructor(parts: PauseParts) {
    this.#parts = parts;
  }

  /** Null: the agent works. */
  state(): Pause | null {
    const known = this.#stored();
    return known !== null && holds(known, this.#parts.clock.now()) ? known : null;
  }

  /** In the caller's transaction. Replaces a pause that holds. */
  begin(until: number): Pause {
    const { database, clock } = this.#parts;
    const begun = { since: this.state()?.since ?? clock.now(), until };
    database.meta.set(note, JSON.stringify(begun));
    database.afterCommit(() => this.#follow());
    return begun;
  }

  /** In the caller's transaction. False: there was none. */
  end(): boolean {
    const { database } = this.#parts;
    const was = this.state() !== null;
    database.meta.remove(note);
    database.afterCommit(() => this.#follow());
    return was;
  }

  /** Waits for the end of a stored pause; one whose time is over ends now. Called again after sleep. */
  start(): void {
    if (this.#stored() !== null && this.state() === null) this.#over();
    else this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #follow(): void {
    this.#arm();
    this.#parts.changed();
  }

  #arm(): void {
    this.stop();
    const known = this.state();
    if (known === null) return;
    this.#timer = this.#parts.clock.after(known.until - this.#parts.clock.now(), () => this.start());
  }

  #over(): void {
    const { database, clock, changed } = this.#parts;
    database.transaction(() => {
      database.meta.remove(note);
      database.audit.append({
        ...{ at: clock.now(), origin: 'agent', actor: null, action: 'agent.resume', subject: null },
        ...{ outcome: 'ok', sentence: 'The time of the pause is over; automatic work continues.' },
      });
    });
    changed();
  }

  #stored(): Pause | null {
    const text = this.#parts.database.meta.get(note);
    if (text === null) return null;
    try {
      return stored.parse(text);
    } catch {
      return { since: 0, until: 0 }; // what does not fit is a pause that is over
    }
  }
}
