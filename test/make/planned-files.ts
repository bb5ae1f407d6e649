import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#kit/clock.ts';
import type { FileChange } from '#shared/model/changes/file.ts';
import type { Snapshot } from '#shared/model/snapshot.ts';
import type { HostConnection } from '../../electron/providers/connections/connection.ts';
import { LocalConnection } from '../../electron/providers/connections/local/local.ts';
import { takeSnapshot } from '../../electron/providers/endpoints/common/snapshot.ts';
import { stateOf } from '../../electron/providers/endpoints/common/states.ts';
import { tempDirectory } from './directory.ts';

/** A directory of this machine with files that a plan is about. */
export function plannedFiles() {
  const { path: directory, remove } = tempDirectory('planned');
  const connection = new LocalConnection(systemClock);
  const at = (name: string): string => join(directory, name);
  return {
    directory,
    connection,
    at,
    remove,
    names: (): string[] => readdirSync(directory).toSorted(),
    put(name: string, content: string, mode = 0o640): string {
      writeFileSync(at(name), content);
      chmodSync(at(name), mode);
      return at(name);
    },
    /** A file of a plan, as it is now; one that is not there will be like `site.crt`. */
    async planned(name: string, holds: FileChange['holds'] = 'certificate'): Promise<FileChange> {
      const before = await stateOf(connection, at(name));
      const like = before ?? (await stateOf(connection, at('site.crt')));
      if (like === null) throw new Error('a file to be like is needed');
      const { ownership } = like;
      return { kind: 'file', path: at(name), holds, before, after: { sha256: null, ownership } };
    },
    /** The snapshot of task_1 before these changes. */
    take(
      changes: readonly FileChange[],
      newDirectories: string[] = [],
      over: HostConnection = connection,
    ): Promise<Snapshot> {
      const kept = { nodeKey: 'node', previousFingerprint: 'aa', keepDir: directory };
      return takeSnapshot(over, { ...kept, files: changes, newDirectories }, 'task_1');
    },
  };
}
