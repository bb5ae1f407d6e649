import type { KeyboardEvent } from 'react';

/** Arrow keys, Home and End walk along the links of the rows; one of them is in the tab order at a time. */
export function moveAmongRows(event: KeyboardEvent<HTMLElement>): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row-link]')];
  const here = links.indexOf(event.target as HTMLElement);
  const next = target(event.key, here, links.length);
  const to = next === null ? undefined : links[next];
  if (here < 0 || to === undefined) return;
  event.preventDefault();
  for (const one of links) one.tabIndex = one === to ? 0 : -1;
  to.focus();
}

function target(key: string, here: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(here + 1, count - 1);
    case 'ArrowUp':
      return Math.max(here - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
