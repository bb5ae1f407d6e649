import type { HostConnection } from '../../connections/connection.ts';
import { type ReadPem, readPemFiles } from './read-pem.ts';

interface Asked {
  paths: string[];
  answer: Promise<Map<string, ReadPem>>;
}

const asked = new WeakMap<HostConnection, Asked>();

/** As `readPemFiles` of one: those that are asked for in the same turn of the loop are read with one command. */
export async function readPemFile(connection: HostConnection, path: string): Promise<ReadPem | undefined> {
  const others = asked.get(connection);
  if (others !== undefined) {
    others.paths.push(path);
    return (await others.answer).get(path);
  }
  const paths = [path];
  const answer = Promise.resolve().then(() => {
    asked.delete(connection);
    return readPemFiles(connection, paths);
  });
  asked.set(connection, { paths, answer });
  return (await answer).get(path);
}
