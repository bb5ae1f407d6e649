import { judgedBy, type Mutation } from '../mutation.ts';

const aead = 'electron/secrets/aead.ts';
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
    [
      'test/unit/secrets/key-notes.test.ts',
      'test/unit/secrets/key-wrap.test.ts',
      'test/unit/secrets/master-key.test.ts',
      'test/unit/secrets/master-key-recovery.test.ts',
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
    [
      'test/unit/secrets/row-keys.machine.test.ts',
      'test/unit/database/reseal.machine.test.ts',
      'test/integration/database/reseal-slices.test.ts',
      'test/unit/database/reseal-refused.test.ts',
    ],
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
