import type { HostConnection } from '../../connections/connection.ts';
import { globMatcher } from '../common/globs.ts';
import { type Configuration, fullPath } from './commands.ts';
import { above } from './include-order.ts';
import { textsOf } from './lines.ts';

/** Prints the lines of the files, which come by stdin, that include others. What cannot be read shows none. */
const script = `tr '\\n' '\\0' | xargs -0 grep -hiE '^[[:space:]]*Include(Optional)?[[:space:]]' -- /dev/null 2>/dev/null; exit 0`;

/**
 * Whether Apache would read a file at a path as configuration: because a pattern fits it, or because a whole directory is
 * included, in which files that begin with a dot are read as well. `connection.*`.
 */
export async function includesOf(
  connection: HostConnection,
  configuration: Configuration,
): Promise<(path: string) => boolean> {
  const { stdout } = await connection.exec({
    argv: ['sh', '-c', script],
    stdin: Buffer.from(`${configuration.files.join('\n')}\n`),
    timeoutMs: 60_000,
  });
  const patterns = new Set(
    stdout
      .toString('utf8')
      .split('\n')
      .map((line) => textsOf(line)[1])
      .filter((pattern) => pattern !== undefined)
      .map((pattern) => fullPath(withValues(pattern, configuration), configuration).replace(/\/+$/, '')),
  );
  const matchers = [...patterns].map(globMatcher);
  return (path) => matchers.some((fits) => fits(path) || above(path).some(fits));
}

/** A variable that is not known may be anything. */
const withValues = (pattern: string, { defines }: Configuration): string =>
  pattern.replace(/\$\{([^}]+)\}/g, (_all, name: string) => defines.get(name) ?? '*');
