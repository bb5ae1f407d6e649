/** A task that a person began, as the index of persons says it. */
export const byPerson = `origin IN ('gui', 'cli')`;

/** Behind the row of this id where the newest come first; nothing, where that row is gone. */
export function isOlder(table: string, time: string, of = ''): string {
  return `(${of}${time}, ${of}rowid) < (SELECT ${time}, rowid FROM ${table} WHERE id = ?)`;
}
