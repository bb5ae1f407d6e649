/**
 * A line of words as every program of Windows takes it apart again (CommandLineToArgvW): backslashes count double before
 * a quotation mark only. Each word is quoted, so that a path with a space is never tried at its first part.
 */
export function windowsLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

function quoted(word: string): string {
  const escaped = word.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&');
  return `"${escaped}"`;
}

/** The first word of such a line: the program. */
export function programOf(line: string): string {
  return /^"([^"]*)"/.exec(line)?.[1] ?? line.split(' ')[0] ?? '';
}

/** The data directory that the service is started with; null where the line is not ours. */
export function dataDirectoryOf(line: string): string | null {
  return /"--data-directory=([^"]+)"/.exec(line)?.[1] ?? null;
}
