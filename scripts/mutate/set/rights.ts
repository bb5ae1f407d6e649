import { judgedBy, type Mutation } from '../mutation.ts';

const posix = 'electron/providers/connections/common/posix.ts';
const rights = 'electron/providers/connections/common/posix-rights.ts';

/** What a file has beside owner and mode, when it is replaced or copied, and who else reads it. */
export const rightsMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/conformance/connection-rights.test.ts'],
    [
      {
        breaks: 'a file loses its list when it is replaced over SSH',
        file: posix,
        find: '`keep_rights ${model} "$t" "$acl"`,',
        put: '',
      },
      {
        breaks: 'the list of a directory opens a new file before its mode is set',
        file: posix,
        find: 'if m=$(mktemp',
        put: 'if false && m=$(mktemp',
      },
      {
        breaks: 'a new file keeps the list that its directory gave it',
        file: rights,
        find: 'setfacl --set u::rw-,g::---,o::--- -- "$2"',
        put: ':',
      },
      {
        breaks: 'extended attributes are lost',
        file: rights,
        find: '\'  if [ -n "$x" ]; then\',',
        put: '\'  if [ -z "$c" ] && false; then\',',
      },
      {
        breaks: 'the label is lost',
        file: rights,
        find: 'chcon -h -- "$c" "$2"',
        put: ':',
      },
      {
        breaks: 'an immutable file is told as any other',
        file: rights,
        find: "letters.includes('i')",
        put: "letters.includes('!')",
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/callers.test.ts'],
    [
      {
        breaks: 'a plan that leaves the previous content under another name approves itself',
        file: 'electron/agent/policies/approval.ts',
        find: 'before?.names !== undefined',
        put: 'before?.names === 0',
      },
    ],
  ),
];
