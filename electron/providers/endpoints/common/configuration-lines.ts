import { Failure } from '#shared/failure.ts';
import type { ConfigurationLineChange } from '#shared/model/changes/configuration-line.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import { changesOf } from '#shared/model/changes/index.ts';
import type { InstallPlan } from '#shared/model/plan.ts';
import { sha256Hex } from '../../../pki/fingerprint.ts';
import type { HostConnection, NewFile } from '../../connections/connection.ts';
import { writeOptions } from './states.ts';

/** Carries out replacements on a file's bytes, from the end, so that offsets stay right. */
export function applyLines(
  content: Buffer,
  lines: readonly Pick<ConfigurationLineChange['replaces'], 'start' | 'end' | 'text'>[],
): Buffer {
  const ordered = lines.toSorted((a, b) => b.start - a.start);
  return ordered.reduce(
    (now, { start, end, text }) =>
      Buffer.concat([now.subarray(0, start), Buffer.from(text), now.subarray(end)]),
    content,
  );
}

/** A configuration file with the lines that a plan changes; null: it is as it will be. Never another content than approved. */
export async function editedConfiguration(
  connection: HostConnection,
  plan: InstallPlan,
  { path, after }: FileChange,
): Promise<NewFile | null> {
  if ((await connection.hash(path)) === after.sha256) return null;
  const own = changesOf(plan.changes, 'configuration-line')
    .map((line) => line.replaces)
    .filter((replaced) => replaced.path === path);
  const content = applyLines(await connection.read(path), own);
  if (sha256Hex(content) !== after.sha256)
    throw new Failure('endpoint.drifted', `${path} would not become what was approved.`, {
      hint: 'It changed a moment ago. Make a new plan and review it.',
    });
  return { path, content, options: writeOptions(after.ownership) };
}
