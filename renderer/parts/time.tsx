import { Tooltip } from '@fluentui/react-components';
import { useNow } from '../bridge/time.ts';
import { absoluteTime, dateOf, relativeTime } from './format.ts';

/** `3 minutes ago`, with the exact time for those who hover or ask. */
export function Time({ at, date = false }: { at: number; date?: boolean }) {
  const now = useNow();
  const exact = absoluteTime(at);
  const near = relativeTime(at, now);
  return (
    <Tooltip content={date ? `${near} (${exact})` : exact} relationship="description">
      <time dateTime={new Date(at).toISOString()}>{date ? dateOf(at) : near}</time>
    </Tooltip>
  );
}
