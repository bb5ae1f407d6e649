import { isDeepStrictEqual } from 'node:util';
import { Failure } from '#shared/failure.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { changesOf, type Kept } from '#shared/model/changes/index.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { HostConnection } from '../../connections/connection.ts';
import { keptName } from './names.ts';

interface SnapshotOf {
  plan: InstallPlan;
  previousFingerprint: string | null;
  /** Commands that may start the server again. */
  starts: readonly string[][];
}

/**
 * `snapshot.other` unless it keeps every file that the plan changes, in the state the plan begins with and under the name
 * of its copy, no directory that the plan does not make, and starts nothing but the server.
 */
export function refuseOtherSnapshot(of: SnapshotOf, snapshot: Snapshot, tag: string): void {
  const fits =
    snapshot.nodeKey === of.plan.nodeKey &&
    snapshot.previousFingerprint === of.previousFingerprint &&
    isDeepStrictEqual(filesIn(snapshot.kept), filesOf(of.plan, tag)) &&
    snapshot.kept.every((one) => one.kind === 'file' || makesDirectory(of.plan, one)) &&
    (snapshot.startAgain === undefined || isOneOf(of.starts, snapshot.startAgain));
  if (fits) return;
  throw new Failure(
    'snapshot.other',
    'The stored description of the previous state does not fit the approved plan.',
  );
}

/** `snapshot.gone`: what was kept was cleared up, as it is when a change ends. */
export function refuseGone({ description }: HostConnection): never {
  throw new Failure(
    'snapshot.gone',
    `What was kept before the change is no longer on ${description}, as after a change that has ended.`,
    { hint: 'Check what is served there, then request the certificate again.' },
  );
}

/**
 * `file.missing`, to be tried again, when a file that the change replaces is not there: no change of ours removes it, but a
 * file system that is not mounted hides it and all that is kept beside it.
 */
export async function refuseAway(connection: HostConnection, files: readonly FileChange[]): Promise<void> {
  for (const { path, before } of files) {
    if (before === null || (await connection.stat(path)) !== null) continue;
    throw new Failure(
      'file.missing',
      `Neither ${path} nor the copy kept of it is on ${connection.description}.`,
      {
        hint: 'Trustkeep will try again automatically. Check that the file system is mounted.',
        retry: 'later',
      },
    );
  }
}

export const isOneOf = (commands: readonly string[][], argv: readonly string[]): boolean =>
  commands.some((one) => isDeepStrictEqual(one, argv));

const filesIn = (kept: readonly Kept[]): Kept[] => kept.filter(({ kind }) => kind === 'file');

function filesOf(plan: InstallPlan, tag: string): Kept[] {
  return changesOf(plan.changes, 'file').map(({ kind, path, before }) =>
    before === null
      ? { kind, path, keptAt: null, before: null }
      : {
          ...{ kind, path, keptAt: keptName(path, tag) },
          before: { sha256: before.sha256, ownership: before.ownership },
        },
  );
}

function makesDirectory(plan: InstallPlan, kept: Kept): boolean {
  return (
    kept.kind === 'directory' && changesOf(plan.changes, 'directory').some(({ path }) => path === kept.path)
  );
}
