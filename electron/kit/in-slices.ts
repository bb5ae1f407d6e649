import { loopTurn, systemClock } from './clock.ts';

/** Work of this many milliseconds is done before the loop has a turn. */
const sliceMs = 3;

/** When the loop last had one that is known here; what came of its own since then may have found it free. */
let turned = Number.NEGATIVE_INFINITY;
const waiting: (() => void)[] = [];

/**
 * Await what it gives, if anything, between parts of long work: the loop has its turn when it is due. All who work in this way share
 * a slice, and one of them continues in each turn: together they hold the loop no longer than one alone.
 */
export const due = (): Promise<void> | undefined => (isDue() ? nextTurn() : undefined);

/** Whether the loop is to have its turn. */
export const isDue = (): boolean => systemClock.monotonic() - turned >= sliceMs;

/** Resolves when the loop had a turn, and those who waited before as well. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) void giveTurns();
  });
}

async function giveTurns(): Promise<void> {
  while (waiting.length > 0) {
    await loopTurn();
    turned = systemClock.monotonic();
    waiting.shift()?.();
  }
}

/** Does `each` to all items in their order; between them the loop has its turn every few milliseconds. */
export async function inSlices<T>(items: Iterable<T>, each: (item: T) => void): Promise<void> {
  for (const item of items) {
    each(item);
    const turn = due();
    if (turn !== undefined) await turn;
  }
}

/** Goes through `steps` to what they give in the end; between them the loop has its turn every few milliseconds. */
export async function paced<T>(steps: Iterator<unknown, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const turn = due();
    if (turn !== undefined) await turn;
  }
}

/** The same without a turn of the loop: for what is known to be small. */
export function atOnce<T>(steps: Iterator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
