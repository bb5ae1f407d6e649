import { judgedBy, type Mutation } from '../mutation.ts';

const snapshot = 'electron/providers/endpoints/common/snapshot.ts';
const names = 'electron/providers/endpoints/common/names.ts';

/** What is kept before a change, and how everything is put back. */
export const snapshotMutations: readonly Mutation[] = judgedBy(
  ['test/unit/providers/endpoints/common/snapshot.test.ts'],
  [
    {
      breaks: 'a snapshot taken again copies what was installed meanwhile',
      file: snapshot,
      find: 'if (known !== null) return known;',
      put: '',
    },
    {
      breaks: 'a copy already made is made again',
      file: snapshot,
      find: 'if ((await connection.stat(keptAt)) === null) {',
      put: '{',
    },
    {
      breaks: 'a file that changed is copied as if it were the planned one',
      file: snapshot,
      find: `    refuseDrift(fileDifferences(path, before, await stateOf(connection, path)), connection);
    await connection.copy`,
      put: '    await connection.copy',
    },
    {
      breaks: 'a file that appeared where a new one was planned is not seen',
      file: snapshot,
      find: '    refuseDrift(fileDifferences(path, null, await stateOf(connection, path)), connection);\n',
      put: '',
    },
    {
      breaks: 'the copy is not compared with the file',
      file: snapshot,
      find: 'if (found.length > 0) {',
      put: 'if (found.length > 9) {',
    },
    {
      breaks: 'the note of a snapshot is readable by everybody',
      file: snapshot,
      find: '{ mode: 0o600 }',
      put: '{ mode: 0o644 }',
    },
    {
      breaks: 'a copy that failed does not end the snapshot',
      file: snapshot,
      find: "if (copy.status === 'rejected') throw copy.reason;",
      put: "if (copy.status === 'rejected') return { kind: 'directory', path: '' };",
    },
    {
      breaks: 'directories that were made are not noted',
      file: snapshot,
      find: "for (const path of request.newDirectories) kept.push({ kind: 'directory', path });",
      put: '',
    },
    {
      breaks: 'the note is never written, so a second start copies the new state',
      file: snapshot,
      find: '  await connection.write(note, ',
      put: '  if (tag === "") await connection.write(note, ',
    },
    {
      breaks: 'old files are not brought back',
      file: snapshot,
      find: '    wrong.push(...(await bringBack(connection, file)));',
      put: '    wrong.push(...(file.path === "" ? await bringBack(connection, file) : []));',
    },
    {
      breaks: 'new files are left behind by a restore',
      file: snapshot,
      find: 'await connection.remove(file.path);',
      put: 'await connection.stat(file.path);',
    },
    {
      breaks: 'new directories are left behind by a restore',
      file: snapshot,
      find: "argv: ['rmdir', '--', path]",
      put: "argv: ['true', '--', path]",
    },
    {
      breaks: 'a restore does not look whether everything is back',
      file: snapshot,
      find: 'wrong.push(...(await stillDifferent(connection, file)));',
      put: '',
    },
    {
      breaks: 'a restore removes what somebody else put into a new directory',
      file: snapshot,
      find: "argv: ['rmdir', '--', path]",
      put: "argv: ['rm', '-rf', '--', path]",
    },
    {
      breaks: 'a directory that stays is not told',
      file: snapshot,
      find: 'if ((await connection.stat(path)) !== null) wrong.push',
      put: 'if (path === "") wrong.push',
    },
    {
      breaks: 'a restore says that it is exact when it is not',
      file: snapshot,
      find: 'exact: false,',
      put: 'exact: true,',
    },
    {
      breaks: 'a file that is as it was is written again',
      file: snapshot,
      find: 'if (await isBack(connection, file)) return [];',
      put: '',
    },
    {
      breaks: 'a kept copy that was changed is put back',
      file: snapshot,
      find: 'if ((await connection.hash(file.keptAt)) !== file.before?.sha256)',
      put: 'if (file.keptAt === "")',
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
      find: "if ((await connection.stat(directory))?.kind !== 'directory') continue;",
      put: '',
    },
  ],
);
