import { Failure } from '#shared/failure.ts';
import { isOwnWork, type OwnChange } from '#shared/model/changes/index.ts';
import type { Ground } from '#shared/model/plan.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { type Drift, driftOf } from './states.ts';

/**
 * What of a server's configuration is another than a plan stands on. `now` reads it again: SHA-256 by the names that the server
 * gives its files. A configuration that the server no longer accepts is drift too. `server`: its name for people.
 */
export async function configurationDrift(
  connection: HostConnection,
  server: string,
  {
    grounds,
    now,
    own,
  }: { grounds: readonly Ground[]; now: () => Promise<Record<string, string>>; own: readonly OwnChange[] },
): Promise<Drift[]> {
  const before = new Map(
    grounds.flatMap((one) => (one.what === 'content' ? [[one.name, one.sha256] as const] : [])),
  );
  const today = await hashesNow(server, now);
  if (!(today instanceof Map)) return [today];
  const found = [...new Set([...before.keys(), ...today.keys()])].map(async (path) => {
    const [then, is] = [before.get(path), today.get(path)];
    if (then === is) return [];
    if (then === undefined) return [driftOf(path, 'is a new part of the configuration')];
    if (is === undefined) return [driftOf(path, 'is no longer part of the configuration')];
    return (await isOwn(connection, path, then, is, own)) ? [] : [driftOf(path, 'has other content')];
  });
  return (await Promise.all(found)).flat();
}

async function hashesNow(
  server: string,
  now: () => Promise<Record<string, string>>,
): Promise<Map<string, string> | Drift> {
  try {
    return new Map(Object.entries(await now()));
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'endpoint.configuration-invalid') throw error;
    const reason = error.peerSaid ?? error.message;
    return { path: null, sentence: `${server} no longer accepts its configuration (${reason})` };
  }
}

/** Did changes of ours, one after the other, make the file what it is now? */
async function isOwn(
  connection: HostConnection,
  path: string,
  then: string,
  today: string,
  own: readonly OwnChange[],
): Promise<boolean> {
  if (own.length === 0) return false;
  const real = (await connection.stat(path))?.realPath;
  return real !== undefined && isOwnWork(own, { kind: 'file', place: real }, { then, today });
}
