import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Failure } from '#shared/failure.ts';
import { remoteObject } from '#shared/model/changes/remote-object.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { BigipClient } from './client.ts';
import { uploadOf } from './install.ts';
import { type KeptObject, keptOf, patchFor, stateOf } from './objects.ts';
import { paths } from './view.ts';

/** Note on the BIG-IP that something is kept for this task; not part of its configuration. */
export const noteOf = (tag: string): string => `trustkeep-${tag}.kept`;

/** Note that the other units had been given the change, for a restore that is cut off. */
export function pushedNote(snapshot: Snapshot): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(objectsIn(snapshot)))
    .digest('hex');
  return `trustkeep-${hash.slice(0, 16)}.pushed`;
}

function objectsIn({ kept }: Snapshot): KeptObject[] {
  return kept.filter((one): one is KeptObject => one.kind === 'remote-object');
}

/** What imports were made from, where one was cut off. */
export const uploadsIn = (snapshot: Snapshot): string[] =>
  objectsIn(snapshot).flatMap(({ path, before }) =>
    before === null && isFile(path) ? [uploadOf(path)] : [],
  );

const isFile = (path: string): boolean =>
  [paths.key, paths.certificate].some((folder) => path.startsWith(`${folder}/`));

/** In the other direction: the profile lets go first, then what it named can be removed. Gives what is not as it was. */
export async function putBack(client: BigipClient, snapshot: Snapshot): Promise<string[]> {
  const kept = objectsIn(snapshot).toReversed();
  const stay = new Map<string, string>();
  for (const { path, before } of kept) {
    const now = await stateOf(client, path);
    if (before === null) {
      const refused = now === null ? null : await refusedRemoval(client, path);
      if (refused !== null) stay.set(path, refused);
    } else if (now !== null && differences({ path, before }, now).length > 0)
      await client.patch(path, await patchFor(client, path, before.members));
  }
  await client.removeUploads(uploadsIn(snapshot));
  const wrong = await Promise.all(
    kept
      .filter(({ path }) => !stay.has(path))
      .map(async (one) => differences(one, await stateOf(client, one.path))),
  );
  return [...wrong.flat(), ...stay.values()];
}

/** Somebody may use it elsewhere by now: then it stays, and the rest is put back all the same. Null: it is gone. */
async function refusedRemoval(client: BigipClient, path: string): Promise<string | null> {
  try {
    await client.remove(path);
    return null;
  } catch (error) {
    if (error instanceof Failure && error.code === 'endpoint.refused')
      return error.message.replace(/\.$/, '');
    throw error;
  }
}

function differences(
  { path, before }: Pick<KeptObject, 'path' | 'before'>,
  now: KeptObject['before'],
): string[] {
  return remoteObject.drift({ kind: 'remote-object', path, holds: 'settings', before, after: null }, now);
}

/** `snapshot.other` for what was kept for another plan. */
export function refuseOther(plan: InstallPlan, snapshot: Snapshot, previous: string | null): void {
  const expected = { nodeKey: plan.nodeKey, kept: keptOf(plan), previousFingerprint: previous };
  const { nodeKey, kept, previousFingerprint, ...others } = snapshot;
  if (isDeepStrictEqual({ nodeKey, kept, previousFingerprint }, expected) && Object.keys(others).length === 0)
    return;
  throw new Failure('snapshot.other', 'What is stored of the previous state was not kept for this plan.', {
    hint: 'Nothing was changed. Request the certificate again.',
  });
}
