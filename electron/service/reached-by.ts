import { dataDirectory as usualDataDirectory } from '#kit/paths.ts';
import { shellWord } from '#kit/shell-word.ts';

/** The words by which commands reach the service with that data directory, as they are typed. */
export function reachedBy(dataDirectory: string): string {
  return dataDirectory === usualDataDirectory(true)
    ? '--system'
    : `--data-directory ${shellWord(dataDirectory)}`;
}
