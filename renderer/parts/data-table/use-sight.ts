import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useLayoutEffect, useState } from 'react';
import type { Line } from './arrange.ts';

/** Shorter lists are drawn whole. */
const drawnWhole = 200;

/** Height of a line with one row of text, in pixels; each is measured once it is drawn. */
const usualHeight = 37;

/**
 * Longer lists have lines of one height, two rows of text: each line that turned out otherwise than expected would have the places of all
 * behind it worked out again, a hundred thousand in every frame.
 */
const measuredLines = 2_000;

/** Two rows of text with their padding and border, as `uniform` in table-styles.ts makes it. */
const uniformHeight = 57;

/** A line that is drawn, or as much room as those take that are not. */
interface Part {
  key: string;
  /** Place of the line; null: a gap. */
  at: number | null;
  /** Of a gap. */
  height: number;
}

interface Sight {
  parts: readonly Part[];
  measure: ((line: HTMLTableRowElement | null) => void) | undefined;
  /** All lines have one height; what does not fit into it is not shown. */
  uniform: boolean;
}

/** Which lines are drawn: those in sight of what scrolls around the table, and the one at `kept`. */
export function useSight<Row>(
  body: RefObject<HTMLElement | null>,
  lines: readonly Line<Row>[],
  kept: number,
): Sight {
  const [margin, setMargin] = useState(0);
  const long = lines.length > drawnWhole;
  const uniform = lines.length > measuredLines;
  const rangeExtractor = useCallback(
    (range: Range) => {
      const inSight = defaultRangeExtractor(range);
      if (kept < 0 || kept >= range.count || inSight.includes(kept)) return inSight;
      return [...inSight, kept].sort((a, b) => a - b);
    },
    [kept],
  );
  // another function would have all lines measured again, in every frame
  const getItemKey = useCallback((at: number) => (uniform ? at : (lines[at]?.key ?? at)), [lines, uniform]);
  const estimateSize = useCallback(() => (uniform ? uniformHeight : usualHeight), [uniform]);
  const virtualizer = useVirtualizer({
    enabled: long,
    count: lines.length,
    getScrollElement: () => scrollerOf(body.current),
    estimateSize,
    getItemKey,
    overscan: 8,
    scrollMargin: margin,
    rangeExtractor,
  });
  useLayoutEffect(() => {
    const above = long ? heightAbove(body.current) : 0;
    if (Math.abs(above - margin) > 1) setMargin(above);
  });
  if (!long)
    return {
      parts: lines.map((line, at) => ({ key: line.key, at, height: 0 })),
      measure: undefined,
      uniform,
    };
  const parts: Part[] = [];
  let end = margin;
  for (const item of virtualizer.getVirtualItems()) {
    if (item.start - end > 0.5) parts.push({ key: `gap-${item.index}`, at: null, height: item.start - end });
    parts.push({ key: `line-${item.index}`, at: item.index, height: 0 });
    end = item.end;
  }
  const rest = virtualizer.getTotalSize() + margin - end;
  if (rest > 0.5) parts.push({ key: 'gap-end', at: null, height: rest });
  return { parts, measure: uniform ? undefined : virtualizer.measureElement, uniform };
}

function scrollerOf(element: HTMLElement | null): HTMLElement | null {
  for (let one = element?.parentElement ?? null; one !== null; one = one.parentElement)
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  return null;
}

/** What scrolls away before the first line. */
function heightAbove(body: HTMLElement | null): number {
  const scroller = scrollerOf(body);
  if (body === null || scroller === null) return 0;
  return body.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
}
