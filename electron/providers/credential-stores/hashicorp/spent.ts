import { z } from 'zod';
import type { StoreState } from '../credential-store.ts';

type State = 'begun' | 'opened' | 'refused';
const note = 'wrapping-tokens';
const mostKept = 20;

const marks = z.array(z.tuple([z.string(), z.enum(['begun', 'opened', 'refused'])]));

/** What became of wrapping tokens, by their marks, across restarts: none that is spent is tried again. */
export interface Spent {
  state(mark: string): State | null;
  /** Before the call: when its answer is lost, the next try knows that it may have been us. */
  begin(mark: string): void;
  opened(mark: string): void;
  refused(mark: string): void;
}

export function makeSpent(state: StoreState): Spent {
  function all(): [string, State][] {
    const text = state.note(note);
    try {
      return text === null ? [] : marks.parse(JSON.parse(text));
    } catch {
      return []; // the worst that follows is one more try, which the server refuses
    }
  }
  const set = (stage: State) => (mark: string) => {
    const others = all().filter(([known]) => known !== mark);
    state.keepNote(note, JSON.stringify([...others, [mark, stage]].slice(-mostKept)));
  };
  return {
    state: (mark) => all().find(([known]) => known === mark)?.[1] ?? null,
    begin: set('begun'),
    opened: set('opened'),
    refused: set('refused'),
  };
}
