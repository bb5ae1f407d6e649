import { judgedBy, type Mutation } from '../mutation.ts';

const keyFile = 'electron/secrets/key-file.ts';
const recovery = 'electron/secrets/recovery-key.ts';

/** Keys as a file and as a person keep them. */
export const keptKeyMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/secrets/key-file.test.ts'],
    [
      {
        breaks: 'a key file that others may read is used',
        file: keyFile,
        find: '(mode & 0o077) !== 0',
        put: '(mode & 0o002) !== 0',
      },
      {
        breaks: 'a key file that others may change is used',
        file: keyFile,
        find: '(mode & 0o077) !== 0',
        put: '(mode & 0o044) !== 0',
      },
      {
        breaks: 'a key file of somebody else is used',
        file: keyFile,
        find: 'facts.uid !== self',
        put: 'facts.uid < 0',
      },
      {
        breaks: 'a directory or device is read as a key file',
        file: keyFile,
        find: '!facts.isFile()',
        put: 'facts.isSymbolicLink()',
      },
      {
        breaks: 'a link is followed to a key file',
        file: keyFile,
        find: 'readWithoutWaiting | (constants.O_NOFOLLOW ?? 0)',
        put: 'readWithoutWaiting',
      },
      {
        breaks: 'a key file is written for everybody',
        file: keyFile,
        find: 'mode: 0o600,',
        put: 'mode: 0o644,',
      },
      {
        breaks: 'writing one key forgets the others',
        file: keyFile,
        find: 'const keys = read(path) ?? new Map<string, string>();\n      keys.set',
        put: 'const keys = new Map<string, string>();\n      keys.set',
      },
      {
        breaks: 'what was written is not read back',
        file: keyFile,
        find: 'if (!same) throw writeFailed',
        put: 'if (false) throw writeFailed',
        equivalent: 'only a disk that gives back other bytes than it took shows it, and none can be had',
      },
      {
        breaks: 'removing one key removes the file',
        file: keyFile,
        find: 'if (keys.size === 0) rmSync',
        put: 'if (keys.size >= 0) rmSync',
      },
      {
        breaks: 'what a killed process left is kept',
        file: keyFile,
        find: '      removeUnfinished(path);\n',
        put: '',
      },
      {
        breaks: 'a relative path is taken',
        file: keyFile,
        find: 'if (!isAbsolute(path))',
        put: 'if (path === "")',
      },
      {
        breaks: 'a line that is no key is passed over',
        file: keyFile,
        find: "text.trim() !== '' && !text.startsWith('#')",
        put: "text.trim() === ''  && text.length < 0",
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/secrets/recovery-key.test.ts'],
    [
      {
        breaks: 'a mistyped recovery key is tried',
        file: recovery,
        find: ' || checkOf(body) !== text[characters]',
        put: '',
      },
      {
        breaks: 'the check character does not find swapped ones',
        file: recovery,
        find: '(rest * 32 + alphabet.indexOf(one)) % 37',
        put: '(rest + alphabet.indexOf(one)) % 37',
      },
      {
        breaks: 'a recovery key of one store opens another',
        file: recovery,
        find: '.update(storeUuid)',
        put: '',
      },
      {
        breaks: 'O is not read as 0',
        file: recovery,
        find: ".replaceAll('O', '0')",
        put: '',
      },
      {
        breaks: 'L is not read as 1',
        file: recovery,
        find: '/[IL]/g',
        put: '/[I]/g',
      },
      {
        breaks: 'lower case is refused',
        file: recovery,
        find: 'typed.toUpperCase()',
        put: 'typed',
      },
      {
        breaks: 'half of the random bits are lost',
        file: recovery,
        find: 'alphabet[byte & 31]',
        put: 'alphabet[byte & 3]',
      },
    ],
  ),
];
