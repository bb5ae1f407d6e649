/** What differs between the tools of hosts. */
export interface HostTools {
  /** GNU and BusyBox take `stat -c`, BSD takes `stat -f`. */
  stat: 'gnu' | 'bsd';
  /** Reads standard input, prints the SHA-256 first. */
  sum: string;
  /** There is a `timeout` that takes a signal, as those of GNU and BusyBox do. */
  timeout?: boolean | undefined;
  /** `mv` takes `-T`, as those of GNU and BusyBox do: never into a directory. */
  exactMove?: boolean | undefined;
  /** `sync` takes files. */
  syncsFiles?: boolean | undefined;
  /**
   * What shows whether a file has a list, attributes or a label beside owner and mode, where `dd` besides takes exactly so many bytes
   * as it is told, as those of GNU and BusyBox do.
   */
  beside?: 'getfattr' | 'ls' | undefined;
}

/** What a Linux host has. */
export const usualTools: HostTools = { stat: 'gnu', sum: 'sha256sum' };

/**
 * Renames what `from` names to what `to` names. A plain `mv` goes into a directory, or a link to one, that was laid there since
 * it was looked at: where it cannot be told not to, it is seen afterwards, taken out again and no success.
 */
export function move({ exactMove }: HostTools, from: string, to: string): string {
  if (exactMove === true) return `mv -fT -- "$${from}" "$${to}"`;
  const inside = `{ rm -f -- "$${to}/\${${from}##*/}"; false; }`;
  return `{ mv -f -- "$${from}" "$${to}" && { [ ! -d "$${to}" ] || ${inside}; }; }`;
}
