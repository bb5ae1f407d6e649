import type { z } from 'zod';

/** One value of a state, as it is drawn. */
export type Cell =
  | { text: string; absent?: never }
  /** There is no such value: said where the head of its column stands above it, and left out of a line. */
  | { text: string; absent: true }
  /** A fingerprint, hex; null: it is known once the certificate exists. `note` stands behind it. */
  | { hash: string | null; note: string | null };

/** How one change is drawn, by the window and the command line alike. */
export type Drawing =
  /** Something that is one way before and another after; null: it is not there. Cells stand below `columns`. */
  | {
      as: 'states';
      place: string;
      about: string;
      before: readonly Cell[] | null;
      after: readonly Cell[] | null;
    }
  /** Text that is taken out and put in. */
  | { as: 'lines'; place: string; before: string; after: string }
  | { as: 'command'; argv: readonly string[] };

/** The value of a change that comes to exist with the certificate. A fingerprint of the plan leaves it out. */
interface Later<C> {
  /** False: the value is known when the plan is made, and is approved with it. */
  isLater(change: C): boolean;
  value(change: C): string | null;
  with(change: C, value: string | null): C;
}

/**
 * Everything that is to be known of one kind of change. `C` is the change, `S` the state it is in before and after;
 * null: it has none of its own. Pure.
 */
export interface ChangeKind<C extends { kind: string }, S = null> {
  readonly name: C['kind'];
  readonly schema: z.ZodType<C>;
  /** Which of the drawings `draw` gives. */
  readonly drawnAs: Drawing['as'];
  /** Heads the changes of this kind. */
  readonly heading: string;
  /** Counted as `1 file`, `2 files`. */
  readonly noun: { one: string; many: string };
  /** Said of a plan without such a change; null: nothing is said. */
  readonly none: string | null;
  /** Heads of the cells of `states`. */
  readonly columns: readonly string[];
  /** How it is compared before it is carried out, and what is kept to undo it: a sentence for people. */
  readonly promise: string;
  /** Where it takes place. Unique among the changes of this kind in one plan. */
  place(change: C): string;
  draw(change: C): Drawing;
  /** What is done, in one sentence for people. */
  sentence(change: C): string;
  readonly later: Later<C> | null;
  /**
   * The state it leaves where other plans of the endpoint may stand on it, and the one it began with, each as a text that
   * differs when they do; null: no other plan stands on it, or it is not known yet.
   */
  leaves(change: C): { before: string; after: string } | null;
  /** What is different now from what the change begins with, for people; empty when nothing is. */
  drift(change: C, now: S | null): string[];
}
