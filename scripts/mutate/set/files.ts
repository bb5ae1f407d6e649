import { judgedBy, type Mutation } from '../mutation.ts';

const snapshot = 'electron/providers/endpoints/common/snapshot.ts';
const states = 'electron/providers/endpoints/common/states.ts';
const ownership = 'shared/model/changes/ownership.ts';
const file = 'shared/model/changes/file.ts';
const names = 'electron/providers/endpoints/common/names.ts';

/** What is kept before a change, how drift is seen, and how everything is put back. */
export const fileMutations: readonly Mutation[] = judgedBy(
  ['test/unit/providers/endpoints/common/snapshot.test.ts', 'test/unit/shared/ownership.test.ts'],
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
    {
      breaks: 'a directory in the place of a file is hashed',
      file: states,
      find: "if (facts.kind !== 'file') {",
      put: "if (facts.kind === 'link') {",
      equivalent: 'hashing what is no plain file is refused with the same code, file.not-a-file',
    },
    {
      breaks: 'a link in the place of a file is followed',
      file: states,
      find: 'place === null || place.realPath === place.path',
      put: 'place === null || place.realPath !== ""',
    },
    {
      breaks: 'a new file is written through a link that was put over its directory',
      file: states,
      find: '(before === null ? await connection.stat(dirname(path)) : null)',
      put: 'null',
    },
    {
      breaks: 'drift is seen and not refused',
      file: states,
      find: 'if (found.length === 0) return;',
      put: 'return;',
    },
    {
      breaks: 'drift counts as none when it is only in one file',
      file: states,
      find: 'if (found.length === 0) return;',
      put: 'if (found.length < 2) return;',
    },
    {
      breaks: 'what is written right now is not looked at for links',
      file: states,
      find: 'if (away.length > 0) return away;',
      put: '',
    },
    {
      breaks: 'a file with other content is written over',
      file: states,
      find: 'if (now === (before?.sha256 ?? null) || now === after[path]) return [];',
      put: 'if (now !== null || after[path] === "") return [];',
    },
    {
      breaks: 'an install that is run again is refused',
      file: states,
      find: ' || now === after[path]',
      put: '',
    },
    {
      breaks: 'the content of a file is not compared',
      file,
      find: 'now.sha256 === before.sha256 ? []',
      put: 'now.sha256 !== null ? []',
    },
    {
      breaks: 'a file that is gone is not seen',
      file,
      find: '  if (now === null) return [`${path} is missing`];\n',
      put: '  if (now === null) return [];\n',
    },
    {
      breaks: 'a file that appeared is not seen',
      file,
      find: 'now === null ? [] : [`${path} is new`]',
      put: '[]',
    },
    {
      breaks: 'owner, group and mode of a file are not compared',
      file,
      find: '[...content, ...ownershipDifferences(path, before.ownership, now.ownership)]',
      put: 'content',
    },
    {
      breaks: 'the owner is not compared',
      file: ownership,
      find: 'ownerText(now) !== ownerText(before) && before.owner !== null',
      put: "before.system === 'posix' && now.system === 'posix' && before.group !== now.group",
    },
    {
      breaks: 'the group is not compared',
      file: ownership,
      find: 'ownerText(now) !== ownerText(before) && before.owner !== null',
      put: 'now.owner !== before.owner && before.owner !== null',
    },
    {
      breaks: 'the mode is not compared',
      file: ownership,
      find: 'now.mode !== before.mode)',
      put: 'now.mode < 0)',
    },
    {
      breaks: 'ACL, attributes and label are not compared',
      file: ownership,
      find: 'if (then !== null && then !== today)',
      put: 'if (then === "" && then !== today)',
    },
    {
      breaks: 'the label is not compared',
      file: ownership,
      find: "    ['the label', label(before), label(now)],\n",
      put: '',
    },
    {
      breaks: 'what was never read counts as drift',
      file: ownership,
      find: 'if (then !== null && then !== today)',
      put: 'if (then !== today)',
    },
    {
      breaks: 'another system behind the same path is not seen',
      file: ownership,
      find: 'if (before.system !== now.system) return',
      put: 'if (false) return',
    },
  ],
);
