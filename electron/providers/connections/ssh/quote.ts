/** One argument for a POSIX command interpreter; inside single quotes nothing is special but the quote itself. */
export function quote(argument: string): string {
  if (argument.includes('\0')) throw new TypeError('an argument cannot hold a NUL character');
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** A command line that runs `script` with `$1`, `$2`… set to `args`. Nothing of `args` becomes part of the script. */
export function shellLine(script: string, args: readonly string[]): string {
  return ['/bin/sh', '-c', quote(script), 'trustkeep', ...args.map(quote)].join(' ');
}
