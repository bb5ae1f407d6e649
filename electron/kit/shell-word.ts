/**
 * A value as it is typed at a command line, for commands that people copy out of sentences: bare when every command
 * interpreter takes it so, else in the quotes that keep it whole. For showing only; nothing is ever run from it.
 */
export function shellWord(value: string, platform: NodeJS.Platform = process.platform): string {
  if (/^[\p{L}\p{N}_.:@%+,/-]+$/u.test(value) && !value.startsWith('-')) return value;
  if (platform === 'win32') return `"${value.replaceAll('"', '""')}"`;
  return /["$`\\!]/.test(value) ? `'${value.replaceAll("'", "'\\''")}'` : `"${value}"`;
}
