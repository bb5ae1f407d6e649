import { judgedBy, type Mutation } from '../mutation.ts';

const snapshot = 'electron/providers/endpoints/common/snapshot.ts';
const restore = 'electron/providers/endpoints/common/restore-files.ts';
const names = 'electron/providers/endpoints/common/names.ts';

/** What is kept before a change, and how everything is put back. */
export const snapshotMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/providers/endpoints/common/snapshot.machine.test.ts'],
    [
      {
        breaks: 'the note is never left, so no undo is carried out',
        file: snapshot,
        find: '  await connection.rename(made, noteName(directory, tag));',
        put: '',
      },
      {
        breaks: 'the note is written through a link',
        file: snapshot,
        find: "const made = `${noteName(directory, tag)}.${randomBytes(8).toString('hex')}`;",
        put: 'const made = noteName(directory, tag);',
      },
      {
        breaks: 'the note of a snapshot is readable by everybody',
        file: snapshot,
        find: '{ mode: 0o600,',
        put: '{ mode: 0o644,',
      },
      {
        breaks: 'a link where a copy is to be counts as the copy',
        file: snapshot,
        find: '[...(away[at] ?? []), ...fileDifferences(keptAt',
        put: '[...fileDifferences(keptAt',
      },
      {
        breaks: 'clearing up removes whatever a snapshot names',
        file: snapshot,
        find: 'keptAt !== null && belongsTo(basename(keptAt), tag)',
        put: 'keptAt !== null',
      },
      {
        breaks: 'a copy already made is made again',
        file: snapshot,
        find: 'before !== null && (await isThere(connection, keptName(path, tag)))',
        put: "before !== null && path === ''",
      },
      {
        breaks: 'a file that changed is copied as if it were the planned one',
        file: snapshot,
        find: 'fileDifferences(path, before && withoutRights(before), states[at] ?? null),',
        put: 'before !== null ? [] : fileDifferences(path, before, states[at] ?? null),',
      },
      {
        breaks: 'a file that appeared where a new one was planned is not seen',
        file: snapshot,
        find: 'fileDifferences(path, before && withoutRights(before), states[at] ?? null),',
        put: 'before === null ? [] : fileDifferences(path, withoutRights(before), states[at] ?? null),',
      },
      {
        breaks: 'the copy is not compared with the file',
        file: snapshot,
        find: 'if (found.length > 0) {',
        put: 'if (found.length > 9) {',
      },
      {
        breaks: 'a copy that failed does not end the snapshot',
        file: snapshot,
        find: 'to: keptName(path, tag) })));',
        put: 'to: keptName(path, tag) }))).catch(() => {});',
      },
      {
        breaks: 'directories that were made are not noted',
        file: snapshot,
        find: "for (const path of request.newDirectories) kept.push({ kind: 'directory', path });",
        put: '',
      },
      {
        breaks: 'clearing up takes what another task kept',
        file: names,
        find: 'name.startsWith(`${mark(tag)}.`)',
        put: "name.startsWith('.trustkeep-')",
      },
      {
        breaks: 'clearing up leaves what only its name tells',
        file: snapshot,
        find: 'named.push(...names.filter((name) => belongsTo(name, tag)).map((name) => join(directory, name)));',
        put: '',
      },
      {
        breaks: 'clearing up fails where a directory is gone',
        file: snapshot,
        find: '      if (kept.has(directory)) gone.push(directory);\n      continue;\n',
        put: '      if (kept.has(directory)) gone.push(directory);\n',
      },
      {
        breaks: 'a copy on a disk that is away counts as removed',
        file: snapshot,
        find: 'if (gone[0] !== undefined) throw placeGone(connection, gone[0]);',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/providers/endpoints/common/restore-files.machine.test.ts'],
    [
      {
        breaks: 'old files are not brought back',
        file: restore,
        find: 'wrong.push(...(await bringBack(connection, file)));',
        put: 'wrong.push(...(file.path === "" ? await bringBack(connection, file) : []));',
      },
      {
        breaks: 'one file that cannot be looked at keeps the others from being brought back',
        file: restore,
        find: 'await stillDifferent(connection, old).catch(() => null);',
        put: 'await stillDifferent(connection, old);',
      },
      {
        breaks: 'new files are left behind by a restore',
        file: restore,
        find: 'await connection.remove(path);',
        put: 'await connection.stat(path);',
      },
      {
        breaks: 'new files are removed while the configuration still names them',
        file: restore,
        find: 'if (wrong.length > 0) return notExact(wrong, added.length > 0);',
        put: '',
      },
      {
        breaks: 'new directories are left behind by a restore',
        file: restore,
        find: "argv: ['rmdir', '--', path]",
        put: "argv: ['true', '--', path]",
      },
      {
        breaks: 'a restore does not look whether everything is back',
        file: restore,
        find: '  wrong.push(...(await stillDifferent(connection, old)).flat());\n',
        put: '',
      },
      {
        breaks: 'a restore removes what somebody else put into a new directory',
        file: restore,
        find: "argv: ['rmdir', '--', path]",
        put: "argv: ['rm', '-rf', '--', path]",
      },
      {
        breaks: 'a restore removes a directory behind a link',
        file: restore,
        find: 'if ((await ledAway(connection, path)).length === 0)',
        put: '',
      },
      {
        breaks: 'a restore removes a file behind a link',
        file: restore,
        find: 'if (away.length === 0) await',
        put: 'await',
      },
      {
        breaks: 'a restore writes over a link',
        file: restore,
        find: `  const away = await ledAway(connection, path);
  if (away.length > 0) return away;
  if (`,
        put: '  if (',
      },
      {
        breaks: 'a file behind a link counts as the one that was there',
        file: restore,
        find: 'files.filter((_file, at) => away[at]?.length === 0)',
        put: 'files.filter((_file, at) => away[at] !== undefined)',
      },
      {
        breaks: 'a link to a copy is copied back',
        file: restore,
        find: 'if (copyAway.length > 0) return copyAway;',
        put: '',
      },
      {
        breaks: 'a directory that stays is not told',
        file: restore,
        find: 'if ((await connection.stat(path)) !== null) wrong.push',
        put: 'if (path === "") wrong.push',
      },
      {
        breaks: 'a restore says that it is exact when it is not',
        file: restore,
        find: 'exact: false,',
        put: 'exact: true,',
      },
      {
        breaks: 'a file that is as it was is written again',
        file: restore,
        find: 'if (different?.[at]?.length !== 0) wrong',
        put: 'if (at >= 0) wrong',
      },
      {
        breaks: 'a kept copy that was changed is put back',
        file: restore,
        find: 'if ((await connection.hash(keptAt)) !== before?.sha256)',
        put: 'if (keptAt === "")',
      },
    ],
  ),
];
