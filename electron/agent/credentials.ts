import type { StoredCredential } from '../providers/credential-stores/credential-store.ts';

/**
 * Reads credentials from stores at the moment of use and keeps them in memory for minutes at most. What is given is a
 * copy of the caller's own: wipe it. Rejects as `CredentialStore.read` does. Safe concurrently; two readers of one
 * id ask the vault once.
 */
export interface CredentialReader {
  read(
    storeId: string,
    credentialId: string,
    options?: { /** Not from memory. */ fresh?: boolean; signal?: AbortSignal | undefined },
  ): Promise<StoredCredential>;
  /** Wipes what is kept in memory, of one store or of all. */
  forget(storeId?: string): void;
}
