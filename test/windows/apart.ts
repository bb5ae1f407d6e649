interface Apart {
  /** Below `test`. */
  file: string;
  because: string;
  tests: readonly string[];
}

const modes = 'Windows has no modes';
const links =
  'Wine 8 shows links as what they lead to; one to nothing is read by a program that only POSIX has';
const programs = 'directories of endpoints are made and removed by programs that only POSIX has';

/** Unit tests that fail on Windows under Wine for a reason. One that holds there is no longer listed, and a test says so. */
export const apart: readonly Apart[] = [
  {
    file: 'unit/providers/endpoints/common/file-endpoint.machine.test.ts',
    because: links,
    tests: ['the comparison with the plan > finds a link that leads elsewhere'],
  },
  {
    file: 'unit/providers/endpoints/common/restore-files.machine.test.ts',
    because: links,
    tests: [
      'restoring > touches nothing through a link, here to victim, and names it',
      'restoring > touches nothing through a link, here to nothing, and names it',
      'restoring > is not exact through a link to a file that is just as the old one',
      'restoring > removes nothing below a directory that became a link',
    ],
  },
  {
    file: 'unit/providers/endpoints/common/snapshot.machine.test.ts',
    because: links,
    tests: [
      'a snapshot > is refused when a link lies where a copy is to be, though it leads to the very file',
    ],
  },
  {
    file: 'unit/providers/endpoints/common/states.machine.test.ts',
    because: links,
    tests: [
      'drift > is named: the file now leads to',
      'drift > is named where a new file would be written through a directory that became a link',
      'drift > is named where a link to nothing lies in the place of a new file',
    ],
  },
  {
    file: 'unit/providers/endpoints/common/restore-files.machine.test.ts',
    because: modes,
    tests: ['restoring > is not exact when what came back is not as it was'],
  },
  {
    file: 'unit/providers/endpoints/common/snapshot.machine.test.ts',
    because: modes,
    tests: [
      'a snapshot > keeps an exact copy beside each file, with its mode, and notes which did not exist',
    ],
  },
  {
    file: 'unit/providers/endpoints/common/states.machine.test.ts',
    because: modes,
    tests: ['drift > is named: the file now has mode'],
  },
  {
    file: 'unit/providers/endpoints/common/file-endpoint.machine.test.ts',
    because: programs,
    tests: [
      'an install > makes directories, writes certificate and key, and ends with the test of what was written',
      'an install > goes through when every file will hold what the plan says',
      'an install > run again after it was cut off in the middle comes to the same end',
      'The hashes of what will be written are those of what is written, and are read without a change',
      'A snapshot notes the directory that will be new, and not one that was made meanwhile',
    ],
  },
  {
    file: 'unit/providers/endpoints/common/restore-files.machine.test.ts',
    because: programs,
    tests: [
      'restoring > puts content and mode back, removes what is new, and says that it is exact',
      'restoring > leaves new files where they are until everything old is back: the configuration may name them',
    ],
  },
];
