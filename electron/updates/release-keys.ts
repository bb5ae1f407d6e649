/**
 * What a release is built with. Empty in the source until there is a release: a build without keys checks nothing and
 * says so (`update.no-keys`). How keys are made and exchanged: SECURITY.md, "The update chain".
 */
export interface ReleaseFacts {
  /** Public keys, Ed25519, 32 bytes in base64. Two: one in use, one kept offline for the day the first is lost. */
  keys: readonly string[];
  /** Where updates come from when nothing else is set; null: from nowhere. */
  feed: string | null;
  /** Subjects of Authenticode certificates that an installer for Windows may carry; empty: this build is not signed. */
  publishers: readonly string[];
}

export const releaseFacts: ReleaseFacts = { keys: [], feed: null, publishers: [] };
