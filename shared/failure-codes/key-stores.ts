import { codesAbout } from './code.ts';

/** Key stores: PKCS#12, JKS and JCEKS files. */
export const keyStoresCodes = {
  ...codesAbout('other', {
    'key-store.alias-ambiguous': ['needs-person', 'Several keys in the key store have the same alias.'],
    'key-store.alias-taken': [
      'needs-person',
      'The alias belongs to an entry that is not a key, so no key is put in its place.',
    ],
    'key-store.cannot-rewrite': [
      'needs-person',
      'The key store has content that could not be carried over, so it is not changed.',
    ],
    'key-store.corrupt': ['needs-person', 'The key store is damaged.'],
    'key-store.entry-unfit': ['needs-person', 'What is to be put into the key store cannot be used.'],
    'key-store.key-password-wrong': [
      'needs-person',
      'A key in the key store has another password than the one given.',
    ],
    'key-store.not-read-again': [
      'needs-person',
      'A new key store was not read again as expected, so it did not replace the old one.',
    ],
    'key-store.password-unfit': [
      'needs-person',
      'The password cannot be used for a new key store: not every program would open it.',
      'wrong-call',
    ],
    'key-store.too-much': [
      'needs-person',
      'The key store is too large, or asks for more work to be opened than is reasonable.',
    ],
    'key-store.unknown-kind': ['needs-person', 'The file is not a key store of a known kind.'],
    'key-store.unsupported': ['needs-person', 'The key store uses an algorithm that is not supported.'],
    'key-store.wrong-password': ['needs-person', 'The password does not open the key store.'],
    'key-store.wrong-password-or-damaged': [
      'needs-person',
      'The password does not open the key store, or it is damaged: a Java key store does not tell which.',
    ],
  }),
};
