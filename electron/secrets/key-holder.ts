import type { Log } from '#kit/log.ts';
import type { KeychainState } from '#shared/contract/agent.ts';
import type { Envelope } from './envelope.ts';
import { announceLeftover, removeLeftovers } from './key-leftovers.ts';
import { type KeyEntry, type KeyNotes, type KeyNotesRows, readKeyNotes } from './key-notes.ts';
import { type Keychains, type KeyPlace, keyPlace } from './key-place.ts';
import { type KeyTrouble, readySentence, troubleFailure, troubleSentence } from './key-state.ts';
import type { Keychain } from './keychain.ts';
import type { SealedRows } from './sealed-rows.ts';
import type { Secret } from './secret.ts';
import { ToldState } from './told-state.ts';

export interface MasterKeyOptions {
  keychains: Keychains;
  /** Where a key file is put when no path is given. */
  defaultKeyFile: string;
  /** The key that somebody else keeps for this agent, used from the first start on; null: none. */
  givenKeyFile?: string | null;
  log: Log;
}

/** What everything about the master key works on: the open envelope, the state that is told, notes and places. */
export class KeyHolder {
  readonly options: MasterKeyOptions;
  readonly told: ToldState;
  envelope: Envelope | null = null;
  rows: SealedRows | null = null;
  #notesRows: KeyNotesRows | null = null;

  constructor(options: MasterKeyOptions) {
    this.options = options;
    this.told = new ToldState(options.log);
  }

  get notesRows(): KeyNotesRows {
    if (this.#notesRows === null) throw new Error('attach comes first');
    return this.#notesRows;
  }

  set notesRows(notesRows: KeyNotesRows) {
    this.#notesRows = notesRows;
  }

  notes(): KeyNotes | null {
    return readKeyNotes(this.notesRows);
  }

  /** The notes that must be there while the key is at hand. */
  ownNotes(): KeyNotes {
    const notes = this.notes();
    if (notes === null) throw troubleFailure(this.trouble('missing', null, null));
    return notes;
  }

  ready(): Envelope {
    if (this.envelope === null) throw troubleFailure(this.told.state);
    return this.envelope;
  }

  place(kind: Keychain['kind'], path: string | null, passphrase?: Secret): KeyPlace {
    return keyPlace(this.options.keychains, kind, path ?? this.options.defaultKeyFile, passphrase);
  }

  readonly announce = (entry: KeyEntry | null): void => announceLeftover(this.notesRows, entry);

  removeLeftovers(): Promise<void> {
    const keychainOf = ({ kind, path }: KeyEntry) => this.place(kind, path).keychain;
    return removeLeftovers(this.notesRows, keychainOf, this.options.log);
  }

  open(envelope: Envelope, notes: KeyNotes): KeychainState {
    if (this.envelope !== envelope) this.envelope?.wipe();
    this.envelope = envelope;
    return this.told.set({
      kind: notes.kind,
      state: 'ready',
      sentence: readySentence(notes),
      recoveryKeyWaiting: notes.recoveryKeyToShow !== null,
    });
  }

  trouble(trouble: KeyTrouble, kind: KeychainState['kind'], why: string | null): KeychainState {
    return this.told.set({
      kind,
      state: trouble,
      sentence: troubleSentence(trouble, kind, why),
      recoveryKeyWaiting: false,
    });
  }
}
