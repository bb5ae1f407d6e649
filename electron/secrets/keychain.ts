/**
 * Where one 32-byte master key is kept. The operating system's keychain by default; a key file or a passphrase only
 * when a person chose it. Answers are told apart on purpose: "not there" is not "cannot look".
 */
export interface Keychain {
  /** Recorded in the database, so that another kind is never used by accident. */
  readonly kind: 'os-keychain' | 'key-file' | 'passphrase';
  /**
   * True: no key is made for it, `get` gives one for every ID, and nothing is ever stored. It is what a person remembers, or
   * what somebody else keeps.
   */
  readonly bringsKey?: true;
  /** Null when there is no such entry. Rejects `keychain.locked` or `keychain.unavailable`. May wait for the user. */
  get(keyId: string): Promise<Buffer | null>;
  /** Stores and reads back; rejects `keychain.write-failed` when that differs. */
  set(keyId: string, key: Buffer): Promise<void>;
  /** Idempotent. */
  remove(keyId: string): Promise<void>;
}
