import { Tooltip } from '@fluentui/react-components';
import { useRef } from 'react';
import { now as clockNow } from '../bridge/clock.ts';
import { useNow } from '../bridge/time.ts';
import { absoluteTime, dateOf, relativeTime } from './format.ts';

/** When this value was first drawn. */
function useFirstShown(value: number): number {
  const shown = useRef({ value, at: clockNow() });
  if (shown.current.value !== value) shown.current = { value, at: clockNow() };
  return shown.current.at;
}

/** `3 minutes ago`, with the exact time for those who hover or ask. */
export function Time({ at, date = false }: { at: number; date?: boolean }) {
  // the shared time moves in steps: what was just stored must not seem to lie ahead
  const firstShown = useFirstShown(at);
  const now = Math.max(useNow(), firstShown);
  const exact = absoluteTime(at);
  const near = relativeTime(at, now);
  return (
    <Tooltip content={date ? `${near} (${exact})` : exact} relationship="description">
      <time dateTime={new Date(at).toISOString()}>{date ? dateOf(at) : near}</time>
    </Tooltip>
  );
}
