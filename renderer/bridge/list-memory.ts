/**
 * What a person chose for a list: which columns, how they are sorted. Kept in the window's own storage, by the name of the list; nothing of
 * what is in the list, and nothing that the agent decides by.
 */
const prefix = 'trustkeep.list.';

/** What was kept, to be parsed; null when there is nothing, or no storage. */
export function recallList(list: string): unknown {
  try {
    return JSON.parse(window.localStorage.getItem(prefix + list) ?? 'null');
  } catch {
    return null;
  }
}

/** A full or forbidden storage loses it without a word: the next window shows the list as it comes. */
export function keepList(list: string, chosen: unknown): void {
  try {
    window.localStorage.setItem(prefix + list, JSON.stringify(chosen));
  } catch {
    // shown as chosen while this window is open
  }
}
