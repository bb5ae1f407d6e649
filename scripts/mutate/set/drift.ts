import { judgedBy, type Mutation } from '../mutation.ts';

const states = 'electron/providers/endpoints/common/states.ts';
const ownership = 'shared/model/changes/ownership.ts';
const file = 'shared/model/changes/file.ts';

/** How a file that is no longer as planned is seen and refused. */
export const driftMutations: readonly Mutation[] = judgedBy(
  ['test/unit/providers/endpoints/common/states.machine.test.ts', 'test/unit/shared/ownership.test.ts'],
  [
    {
      breaks: 'a directory in the place of a file is hashed',
      file: states,
      find: "({ kind }) => kind !== 'file'",
      put: "({ kind }) => kind === 'link'",
      equivalent: 'hashing what is no plain file is refused with the same code, file.not-a-file',
    },
    {
      breaks: 'a link in the place of a file is followed',
      file: states,
      find: 'if (place !== null && place.realPath !== place.path)',
      put: 'if (place !== null && place.realPath === "")',
    },
    {
      breaks: 'a new file is written through a link that was put over its directory',
      file: states,
      find: 'own ?? (await connection.stat(dirname(path)))',
      put: 'own',
    },
    {
      breaks: 'a new file is written where a link to nothing leads',
      file: states,
      find: 'return link.code === 0',
      put: 'return link.code === -1',
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
