import { never } from '#kit/never.ts';
import type { KeychainState } from '#shared/contract/agent.ts';
import { Failure } from '#shared/failure.ts';

export type KeyTrouble = Exclude<KeychainState['state'], 'ready' | 'opening'>;

export function readySentence(place: { kind: KeychainState['kind']; path: string | null }): string {
  if (place.kind === 'os-keychain') return "The stored secrets are protected by this computer's keychain.";
  if (place.kind === 'passphrase') return 'The stored secrets are protected by a passphrase.';
  return `The stored secrets are protected by the key file ${place.path}.`;
}

/** What a person reads when there is no key, by state and place. `why`: what the place said; the path of a missing file. */
export function troubleSentence(
  trouble: KeyTrouble,
  kind: KeychainState['kind'],
  why: string | null,
): string {
  switch (trouble) {
    case 'not-chosen':
      return 'There is no keychain here. Choose a key file (anyone who can read it can read the secrets) or a passphrase (someone must enter it after every start).';
    case 'locked':
      if (why !== null) return why;
      return kind === 'passphrase'
        ? 'The stored secrets are locked: they need their passphrase.'
        : 'The keychain is locked.';
    case 'missing':
      if (kind === null)
        return 'The database contains encrypted secrets, but its notes about their master key are missing.';
      return kind === 'key-file'
        ? `The key file ${why ?? ''} is missing, or no longer contains the key of this database.`
        : "This computer's keychain no longer contains the master key.";
    case 'wrong':
      return 'The master key belongs to another installation.';
    case 'unavailable':
      return why ?? 'The keychain of this computer cannot be reached.';
    default:
      return never(trouble);
  }
}

function hint(trouble: KeyTrouble, kind: KeychainState['kind']): string {
  switch (trouble) {
    case 'not-chosen':
      return 'Run "trustkeep secrets choose key-file" or "trustkeep secrets choose passphrase".';
    case 'locked':
      return kind === 'passphrase'
        ? 'Enter it with "trustkeep secrets unlock".'
        : 'Unlock the keychain of this computer, then try again with "trustkeep secrets unlock".';
    case 'missing':
      return kind === null
        ? 'Restore the database from a backup. No new key is created, so that nothing is lost.'
        : 'Restore it and run "trustkeep secrets unlock", or enter the recovery key with "trustkeep secrets recover".';
    case 'wrong':
      return 'Enter the recovery key with "trustkeep secrets recover", or use the database of this installation.';
    case 'unavailable':
      return kind === 'key-file'
        ? 'Restore the key file, readable only by the account that Trustkeep runs as, and run "trustkeep secrets unlock". Or enter the recovery key with "trustkeep secrets recover".'
        : 'Make the keychain available and run "trustkeep secrets unlock", or enter the recovery key with "trustkeep secrets recover".';
    default:
      return never(trouble);
  }
}

/** What sealing and opening throw while there is no key. */
export function troubleFailure(state: KeychainState): Failure {
  const trouble = state.state === 'ready' || state.state === 'opening' ? 'locked' : state.state;
  return new Failure(`keychain.${trouble}`, state.sentence, { hint: hint(trouble, state.kind) });
}
