import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { Line } from './arrange.ts';

export interface FocusedLine {
  /** Where the keyboard is or was last, among the lines as they are now; -1: nowhere yet, or that line is gone. */
  at: number;
  /** Takes the keyboard there, also to a line that has not been drawn yet. */
  go(to: number): void;
  /** The keyboard came there on its own. */
  came(to: number): void;
}

/** Follows the line with the keyboard by its key: it keeps the keyboard when the list is sorted otherwise. */
export function useFocusedLine<Row>(
  body: RefObject<HTMLElement | null>,
  lines: readonly Line<Row>[],
): FocusedLine {
  const [key, setKey] = useState<string | null>(null);
  const [last, setLast] = useState(-1);
  const wanted = useRef(-1);
  // most often it is where it was
  const at = key === null || lines[last]?.key === key ? last : lines.findIndex((line) => line.key === key);
  const set = (to: number): void => {
    setKey(lines[to]?.key ?? null);
    setLast(to);
  };
  useLayoutEffect(() => {
    if (wanted.current < 0) return;
    const line = body.current?.querySelector<HTMLElement>(`[data-line="${wanted.current}"] [data-row-link]`);
    if (line === null || line === undefined) return;
    wanted.current = -1;
    line.focus();
  });
  return {
    at,
    go: (to) => {
      wanted.current = to;
      set(to);
    },
    came: (to) => {
      if (to !== at) set(to);
    },
  };
}
