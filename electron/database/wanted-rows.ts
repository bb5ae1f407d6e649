/** A task that the person of the parameter began, in the window or on the command line. */
export function begunBy(of = ''): string {
  return `${of}origin IN ('gui', 'cli') AND ${of}actor = ?`;
}

/** Behind the row of this id where the newest come first; nothing, where that row is gone. */
export function isOlder(table: string, time: string, of = ''): string {
  return `(${of}${time}, ${of}rowid) < (SELECT ${time}, rowid FROM ${table} WHERE id = ?)`;
}
