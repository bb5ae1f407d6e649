import { judgedBy, type Mutation } from '../mutation.ts';

const envelope = 'electron/secrets/envelope.ts';
const passphrase = 'electron/secrets/passphrase.ts';
const stream = 'electron/secrets/passphrase-stream.ts';

/** The keys of single values, and what is made of a passphrase: the master key, and a backup. */
export const passphraseMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/secrets/envelope.test.ts'],
    [
      {
        breaks: 'all values that are sealed directly share one key',
        file: envelope,
        find: '      .update(bound)\n',
        put: '',
      },
      {
        breaks: 'the key of a row stays in memory after the row was sealed',
        file: envelope,
        find: '    } finally {\n      rowKey.fill(0);\n    }',
        put: '    } finally {\n    }',
      },
      {
        breaks: 'the key of a row stays in memory after the row was opened',
        file: envelope,
        find: '  key.fill(0);\n  if (plain === null)',
        put: '  if (plain === null)',
      },
      {
        breaks: 'the key of a row stays in memory after it was wrapped again',
        file: envelope,
        find: '    rowKey.fill(0);\n    return fresh;',
        put: '    return fresh;',
      },
      {
        breaks: 'values of one store open in another that has its key',
        file: envelope,
        find: 'frame([this.#storeUuid, context.owner',
        put: "frame(['', context.owner",
      },
      {
        breaks: 'what was sealed opens after the key was forgotten',
        file: envelope,
        find: '    this.#dataKey.fill(0);\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/integration/secrets/passphrase-keychain.test.ts'],
    [
      {
        breaks: 'one passphrase is one key for every store',
        file: passphrase,
        find: '`trustkeep ${keyId}`',
        put: "keyId === '' ? keyId : 'trustkeep'",
      },
      {
        breaks: 'a guess of a passphrase costs next to nothing',
        file: passphrase,
        find: 'N: 2 ** 17',
        put: 'N: 2 ** 10',
      },
      {
        breaks: 'a passphrase claims to keep a key that it cannot make',
        file: passphrase,
        find: 'if (!same)',
        put: 'if (own.length === 0)',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/secrets/passphrase-stream.test.ts'],
    [
      {
        breaks: 'every backup has the same salt, so that two are under one key with the same nonces',
        file: stream,
        find: '  randomBytes(at.length - at.salt).copy(bytes, at.salt);\n',
        put: '  randomBytes(at.length - at.salt);\n',
      },
      {
        breaks: 'the pieces of a backup can be moved',
        file: stream,
        find: '  nonce.writeUInt32BE(index, 7);\n',
        put: '',
      },
      {
        breaks: 'a backup that was cut off at a piece opens as a whole one',
        file: stream,
        find: 'nonce[11] = index === pieces(length) - 1 ? 1 : 0;',
        put: 'nonce[11] = 0;',
      },
      {
        breaks: 'any passphrase is taken for the right one',
        file: stream,
        find: 'timingSafeEqual(mac(keys, bytes), bytes.subarray(at.mac))',
        put: 'timingSafeEqual(mac(keys, bytes), mac(keys, bytes))',
      },
      {
        breaks: 'a damaged header looks like a wrong passphrase',
        file: stream,
        find: '!sound || ',
        put: '',
      },
      {
        breaks: 'a header may ask for more memory than the machine has',
        file: stream,
        find: '!costs || ',
        put: '',
      },
      {
        breaks: 'a passphrase with an umlaut opens only where it was typed',
        file: stream,
        find: "passphrase.text().normalize('NFC')",
        put: 'passphrase.text()',
      },
      {
        breaks: 'a piece whose tag is wrong is given out',
        file: stream,
        find: '    piece.fill(0);\n    return null;',
        put: '    return piece;',
      },
    ],
  ),
];
