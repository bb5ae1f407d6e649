import { judgedBy, type Mutation } from '../mutation.ts';

const aead = 'electron/secrets/aead.ts';
const keyFile = 'electron/secrets/key-file.ts';
const recovery = 'electron/secrets/recovery-key.ts';
const secret = 'electron/secrets/secret.ts';
const notes = 'electron/secrets/key-notes.ts';

/** How values are sealed and where keys are kept. */
export const secretMutations: readonly Mutation[] = [
  ...judgedBy(
    [
      'test/unit/secrets/frame.test.ts',
      'test/unit/secrets/envelope.test.ts',
      'test/unit/database/secrets.test.ts',
    ],
    [
      {
        breaks: 'a sealed value is not bound to its place',
        file: aead,
        find: '  cipher.setAAD(bound);\n',
        put: '  cipher.setAAD(Buffer.alloc(0));\n',
      },
      {
        breaks: 'a value moved to another place opens',
        file: aead,
        find: '  cipher.setAAD(bound);\n  const body',
        put: '  const body',
      },
      {
        breaks: 'a value of another format is opened all the same',
        file: aead,
        find: ' || sealed[0] !== format',
        put: '',
      },
      {
        breaks: 'a value that was cut off is not refused but throws',
        file: aead,
        find: 'sealed.length < overhead || ',
        put: '',
      },
      {
        breaks: 'every value is sealed with the same nonce',
        file: aead,
        find: 'const nonce = nextNonce();',
        put: 'const nonce = Buffer.alloc(nonceLength);',
      },
      {
        breaks: 'a nonce is given again and again until others are drawn',
        file: aead,
        find: '  nonces = nonces.subarray(nonceLength);\n',
        put: '',
      },
      {
        breaks: 'a tag of the wrong value is accepted',
        file: aead,
        find: `    decipher.final();
    return plain;`,
        put: '    return plain;',
      },
      {
        breaks: 'a list of parts can be read as another one',
        file: 'electron/secrets/frame.ts',
        find: 'all.writeUInt32BE(length, at);',
        put: 'all.writeUInt32BE(0, at);',
      },
    ],
  ),
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
  ...judgedBy(
    [
      'test/unit/secrets/key-notes.test.ts',
      'test/unit/secrets/key-wrap.test.ts',
      'test/unit/secrets/master-key.test.ts',
    ],
    [
      {
        breaks: 'an entry in use is removed as left over',
        file: notes,
        find: 'leftovers.filter((one) => one.keyId !== keyId)',
        put: 'leftovers.filter((one) => one.keyId === keyId)',
      },
      {
        breaks: 'the entry of the old key stays in the keychain',
        file: notes,
        find: 'leftovers: [...withoutLeftover(notes, entry.keyId), entry]',
        put: 'leftovers: withoutLeftover(notes, entry.keyId)',
      },
      {
        breaks: 'damaged notes count as none, so that a new key is made',
        file: notes,
        find: 'if (!parsed.success)\n    throw',
        put: 'if (!parsed.success) return null;\n  if (!parsed.success)\n    throw',
      },
      {
        breaks: 'the check value fits every key',
        file: 'electron/secrets/key-wrap.ts',
        find: 'timingSafeEqual(expected, actual)',
        put: 'expected.length > 0',
      },
      {
        breaks: 'the data key of one store can be put into another',
        file: 'electron/secrets/key-wrap.ts',
        find: "frame(['dek', storeUuid, by, ",
        put: "frame(['dek', by, ",
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/secrets/row-keys.test.ts', 'test/unit/database/reseal.test.ts'],
    [
      {
        breaks: 'a row key is not bound to its place',
        file: 'electron/secrets/row-keys.ts',
        find: 'encrypt(this.#key, bound, rowKey, rowKeyFormat)',
        put: 'encrypt(this.#key, Buffer.alloc(0), rowKey, rowKeyFormat)',
      },
      {
        breaks: 'a row key of the first format is taken without its tag',
        file: 'electron/secrets/first-row-keys.ts',
        find: 'if (timingSafeEqual(tagOf(rowKey, bound), tag)) return rowKey;',
        put: 'if (timingSafeEqual(tag, tag)) return rowKey;',
      },
      {
        breaks: 'the next unlock does not go on with a rotation',
        file: 'electron/secrets/finish-rows.ts',
        find: 'return rows === rowsOfNow && before === null;',
        put: 'return rows === rowsOfNow;',
      },
      {
        breaks: 'rows in the first format stay in it',
        file: 'electron/secrets/finish-rows.ts',
        find: 'return rows === rowsOfNow && before === null;',
        put: 'return before === null;',
      },
      {
        breaks: 'a slice is written although the key was locked',
        file: 'electron/secrets/finish-rows.ts',
        find: 'const goOn = () => holder.envelope === envelope;',
        put: 'const goOn = () => true;',
      },
      {
        breaks: 'what was stored while rows were made ready stays under the old key',
        file: 'electron/database/reseal.ts',
        find: 'substr(wrapped, 1, ?) <> ?',
        put: 'substr(wrapped, 1, ?) = ?',
      },
      {
        breaks: 'a value stored anew meanwhile gets the key of the one before',
        file: 'electron/database/reseal.ts',
        find: "WHERE owner = ? AND name = ? AND wrapped = ?', [\n      fresh,\n      row.owner,\n      row.name,\n      row.wrapped,\n    ]",
        put: "WHERE owner = ? AND name = ?', [\n      fresh,\n      row.owner,\n      row.name,\n    ]",
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/secrets/secret.test.ts'],
    [
      {
        breaks: 'the bytes of a wiped secret stay in memory',
        file: secret,
        find: '    this.#bytes.fill(0);\n',
        put: '',
      },
      {
        breaks: 'a wiped secret gives zeros as if they were its value',
        file: secret,
        find: '    this.#bytes = wiped;\n',
        put: '',
      },
      {
        breaks: 'a secret shares its bytes with the one who gave them',
        file: secret,
        find: 'new Secret(Buffer.from(value as string))',
        put: "new Secret(typeof value === 'string' ? Buffer.from(value) : Buffer.from(value.buffer, value.byteOffset, value.length))",
      },
      {
        breaks: 'wiping a copy wipes the other',
        file: secret,
        find: 'return Secret.of(this.bytes());',
        put: 'return Secret.take(this.bytes());',
      },
      {
        breaks: 'a secret prints itself in a string',
        file: secret,
        find: 'toString(): string {\n    return label;',
        put: 'toString(): string {\n    return this.text();',
      },
      {
        breaks: 'a secret prints itself in JSON',
        file: secret,
        find: 'toJSON(): string {\n    return label;',
        put: 'toJSON(): string {\n    return this.text();',
      },
      {
        breaks: 'a secret prints itself in the log',
        file: secret,
        find: '[inspect.custom](): string {\n    return label;',
        put: '[inspect.custom](): string {\n    return this.text();',
      },
    ],
  ),
];
