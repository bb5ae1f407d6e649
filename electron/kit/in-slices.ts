import { loopTurn, systemClock } from './clock.ts';

/** A part of this many milliseconds is worked on before the loop has a turn. */
const sliceMs = 4;

/** Call it between parts of long work, and await what it gives, if anything: the loop has its turn when it is due. */
export function pacer(): () => Promise<void> | undefined {
  let begun = systemClock.monotonic();
  return () => {
    if (systemClock.monotonic() - begun < sliceMs) return undefined;
    return loopTurn().then(() => {
      begun = systemClock.monotonic();
    });
  };
}

/** Does `each` to all items in their order; between them the loop has its turn every few milliseconds. */
export async function inSlices<T>(items: Iterable<T>, each: (item: T) => void): Promise<void> {
  const due = pacer();
  for (const item of items) {
    each(item);
    const turn = due();
    if (turn !== undefined) await turn;
  }
}

/** Goes through `steps` to what they give in the end; between them the loop has its turn every few milliseconds. */
export async function paced<T>(steps: Iterator<unknown, T>): Promise<T> {
  const due = pacer();
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
