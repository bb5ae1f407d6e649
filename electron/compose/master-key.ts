import { join } from 'node:path';
import type { Log } from '#kit/log.ts';
import { givenKeyFile } from '#kit/paths.ts';
import { givenKeychain } from '../secrets/given-key.ts';
import { keyFileKeychain } from '../secrets/key-file.ts';
import type { Keychain } from '../secrets/keychain.ts';
import { MasterKey } from '../secrets/master-key.ts';
import { osKeychain } from '../secrets/os-keychain.ts';
import { passphraseKeychain } from '../secrets/passphrase.ts';

/** The master key of a data directory, with every place it may be kept in. `os`: instead of this computer's keychain. */
export function masterKeyOf(dataDirectory: string, log: Log, os?: () => Keychain): MasterKey {
  const given = os === undefined ? givenKeyFile() : null;
  return new MasterKey({
    keychains: {
      os: os ?? (() => osKeychain()),
      keyFile: (path) => (path === given ? givenKeychain(path) : keyFileKeychain(path)),
      passphrase: passphraseKeychain,
    },
    defaultKeyFile: join(dataDirectory, 'master.key'),
    givenKeyFile: given,
    log,
  });
}
