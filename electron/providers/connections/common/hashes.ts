import { inTurns } from '#kit/in-turns.ts';
import { Failure, isAboutConnection } from '#shared/failure.ts';
import type { FileSum, HostConnection } from '../connection.ts';

/** Bytes of names in one command line: every system allows more. */
const mostBytes = 50_000;
const atOnce = 8;

/** As `HostConnection.hashes`, in as few commands as the names allow. */
export async function hashesOf(
  connection: Pick<HostConnection, 'exec' | 'hash'>,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  for (const some of chunks(paths)) {
    const { stdout } = await connection.exec({ argv: ['sha256sum', '--', ...some], selfContained: true });
    for (const [path, hash] of linesOf(stdout.toString('utf8'))) hashes.set(path, hash);
  }
  const missing = paths.filter((path) => !hashes.has(path));
  for (const [path, hash] of await hashedOneByOne(connection, missing)) hashes.set(path, hash);
  return hashes;
}

/** As `HostConnection.hashes`, each with a question of its own, a few at once. */
export async function hashedOneByOne(
  connection: Pick<HostConnection, 'hash'>,
  paths: readonly string[],
): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  await inTurns(paths, atOnce, async (path) => {
    const hash = await hashOf(connection, path);
    if (hash !== null) hashes.set(path, hash);
  });
  return hashes;
}

/** As `HostConnection.sums`, each with two questions of its own. */
export function sumsOneByOne(
  connection: Pick<HostConnection, 'stat' | 'hash'>,
  paths: readonly string[],
): Promise<(FileSum | null)[]> {
  const one = async (path: string): Promise<FileSum | null> => {
    const facts = await connection.stat(path);
    if (facts === null) return null;
    return { path, realPath: facts.realPath, sha256: await hashOf(connection, path) };
  };
  return inTurns(paths, atOnce, one);
}

async function hashOf(connection: Pick<HostConnection, 'hash'>, path: string): Promise<string | null> {
  try {
    return await connection.hash(path);
  } catch (error) {
    if (!(error instanceof Failure) || isAboutConnection(error)) throw error;
    return null;
  }
}

function* chunks(paths: readonly string[]): Generator<string[]> {
  let some: string[] = [];
  let bytes = 0;
  for (const path of paths) {
    if (bytes > mostBytes) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(path);
    bytes += Buffer.byteLength(path) + 1;
  }
  if (some.length > 0) yield some;
}

/** As `sha256sum` of coreutils and busybox print them: a name with a backslash or a line feed is escaped, and its line begins so. */
function* linesOf(text: string): Generator<[path: string, hash: string]> {
  for (const line of text.split('\n')) {
    const [, escaped, hash, name] = /^(\\?)([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (hash === undefined || name === undefined) continue;
    yield [escaped === '' ? name : name.replace(/\\([\\n])/g, (_, one) => (one === 'n' ? '\n' : '\\')), hash];
  }
}
