import type { KeyboardEvent } from 'react';

/** What a key does on a line of a table. */
type LineKey =
  | { do: 'go'; to: number; extend: boolean }
  | { do: 'select' | 'select-all' | 'select-none' }
  | { do: 'fold'; fold: boolean };

/** How far PageUp and PageDown lead. */
const pageOfLines = 12;

/** Null: the key has its usual meaning there. */
export function lineKey(event: KeyboardEvent<HTMLElement>, here: number, count: number): LineKey | null {
  const { key, shiftKey } = event;
  if (event.altKey) return null;
  if (event.ctrlKey || event.metaKey) return key.toLowerCase() === 'a' ? { do: 'select-all' } : null;
  const to = target(key, here, count);
  if (to !== null) return { do: 'go', to, extend: shiftKey };
  switch (key) {
    case ' ':
      return { do: 'select' };
    case 'Escape':
      return { do: 'select-none' };
    case 'ArrowLeft':
      return { do: 'fold', fold: true };
    case 'ArrowRight':
      return { do: 'fold', fold: false };
    default:
      return null;
  }
}

function target(key: string, here: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(here + 1, count - 1);
    case 'ArrowUp':
      return Math.max(here - 1, 0);
    case 'PageDown':
      return Math.min(here + pageOfLines, count - 1);
    case 'PageUp':
      return Math.max(here - pageOfLines, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
