import type { Log } from '#kit/log.ts';
import type { KeychainState } from '#shared/contract/agent.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { Envelope, type SealContext, type Sealer } from './envelope.ts';
import { type KeyNotes, type KeyNotesStore, readKeyNotes, writeKeyNotes } from './key-notes.ts';
import {
  type Keychains,
  type KeyPlace,
  keepMasterKey,
  keyPlace,
  newStoreKey,
  recoveryPlace,
} from './key-place.ts';
import { type KeyTrouble, readySentence, troubleFailure, troubleSentence } from './key-state.ts';
import { fitsCheckValue, unwrapDataKey } from './key-wrap.ts';
import type { Keychain } from './keychain.ts';
import { recoveryWrapKey } from './recovery-key.ts';
import type { Secret } from './secret.ts';
import { ToldState } from './told-state.ts';

export interface MasterKeyOptions {
  keychains: Keychains;
  /** Where a key file is put when no path is given. */
  defaultKeyFile: string;
  log: Log;
}

/**
 * The master key of one store: found in its keychain at `unlock`, made at the very first start. It wraps one data key,
 * which seals. Changing the place of the master key wraps the data key anew; nothing stored is touched.
 * A key is made only when nothing was ever sealed. Asynchronous calls are carried out one after another.
 */
export class MasterKey implements Sealer {
  readonly #options: MasterKeyOptions;
  readonly #told: ToldState;
  #store: KeyNotesStore | null = null;
  #envelope: Envelope | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MasterKeyOptions) {
    this.#options = options;
    this.#told = new ToldState(options.log);
  }

  /** Gives the database's settings; before anything else. */
  attach(store: KeyNotesStore): void {
    this.#store = store;
  }

  get ready(): boolean {
    return this.#envelope !== null;
  }

  state(): KeychainState {
    return this.#told.state;
  }

  /** Called with the new state whenever it changed. Gives the function that ends it. */
  onChange(listener: (state: KeychainState) => void): () => void {
    return this.#told.onChange(listener);
  }

  seal(context: SealContext, value: Secret): Buffer {
    return this.#ready().seal(context, value);
  }

  open(context: SealContext, sealed: Uint8Array): Secret {
    return this.#ready().open(context, sealed);
  }

  /**
   * Looks for the key where it was kept; at the very first start makes it in the system's keychain. Never rejects for
   * what the keychain answers: the state says it.
   */
  unlock(passphrase?: Secret): Promise<KeychainState> {
    return this.#inTurn(async () => {
      if (this.ready) return this.#told.state;
      let notes: KeyNotes | null;
      try {
        notes = this.#readNotes();
      } catch (error) {
        return this.#trouble('unavailable', null, asFailure(error).message);
      }
      if (notes === null) return this.#begin();
      if (notes.kind === 'passphrase' && passphrase === undefined)
        return this.#trouble('locked', notes.kind, null);
      const place = this.#place(notes.kind, notes.path, passphrase);
      return this.#find(notes, place);
    });
  }

  /**
   * A person says where the master key is kept: at first, or (while ready) somewhere else from now on. Rejects, with
   * nothing changed, when that place does not keep it or the present key is not at hand.
   */
  choose(
    kind: Keychain['kind'],
    options: { path?: string | undefined; passphrase?: Secret | undefined } = {},
  ): Promise<KeychainState> {
    return this.#inTurn(async () => {
      const notes = this.#readNotes();
      const path = kind === 'key-file' ? (options.path ?? this.#options.defaultKeyFile) : null;
      const place = this.#place(kind, path, options.passphrase);
      if (notes !== null) return this.#move(notes, place);
      if (this.#notesStore().hasSealed()) throw troubleFailure(this.#trouble('missing', null, null));
      return this.#create(place);
    });
  }

  /** Opens with the recovery key and stores a fresh master key where the lost one was. */
  recover(recoveryKey: Secret): Promise<KeychainState> {
    return this.#inTurn(async () => {
      const notes = this.#readNotes();
      if (notes === null)
        throw new Failure('recovery-key.not-needed', 'There is no master key yet that could be recovered.', {
          hint: 'Choose where the master key is kept with "trustkeep secrets choose".',
        });
      const wrapKey = recoveryWrapKey(recoveryKey.text(), notes.storeUuid);
      const dataKey = unwrapDataKey({ storeUuid: notes.storeUuid, by: 'recovery' }, wrapKey, notes.recovery);
      wrapKey.fill(0);
      if (dataKey === null)
        throw new Failure('recovery-key.wrong', 'This recovery key belongs to another installation.', {
          hint: 'Give the recovery key that was shown when this database was new.',
        });
      this.#open(new Envelope(dataKey, notes.storeUuid), notes);
      return this.#storeAgain(notes);
    });
  }

  /** The recovery key, once: afterwards it is gone. Null when it was shown before. */
  takeRecoveryKey(): string | null {
    const notes = this.#readNotes();
    if (notes === null || notes.recoveryKeyToShow === null) return null;
    const value = this.#ready().open(recoveryPlace, Buffer.from(notes.recoveryKeyToShow, 'base64'));
    const shown = { ...notes, recoveryKeyToShow: null };
    writeKeyNotes(this.#notesStore(), shown);
    this.#set({ ...this.#told.state, recoveryKeyWaiting: false });
    const text = value.text();
    value.wipe();
    return text;
  }

  /** Forgets the key. `unlock` finds it again. */
  lock(): void {
    this.#envelope?.wipe();
    this.#envelope = null;
    this.#trouble('locked', this.#told.state.kind, null);
  }

  async #begin(): Promise<KeychainState> {
    if (this.#notesStore().hasSealed()) return this.#trouble('missing', null, null);
    try {
      return await this.#create(this.#place('os-keychain', null, undefined));
    } catch (error) {
      const failure = asFailure(error);
      this.#options.log.warn('the master key could not be made', {
        code: failure.code,
        said: failure.peerSaid,
      });
      if (failure.code === 'keychain.locked') return this.#trouble('locked', null, failure.message);
      return this.#trouble('not-chosen', null, null);
    }
  }

  /** Keychain first, read back, then the notes in one write: a crash between leaves an entry nobody uses. */
  async #create(place: KeyPlace): Promise<KeychainState> {
    const { envelope, notes } = await newStoreKey(place);
    writeKeyNotes(this.#notesStore(), notes);
    return this.#open(envelope, notes);
  }

  async #find(notes: KeyNotes, place: KeyPlace): Promise<KeychainState> {
    let key: Buffer | null;
    try {
      key = await place.keychain.get(notes.keyId);
    } catch (error) {
      const failure = asFailure(error);
      this.#options.log.warn('the keychain did not give the master key', {
        code: failure.code,
        said: failure.peerSaid,
      });
      const trouble = failure.code === 'keychain.locked' ? 'locked' : 'unavailable';
      return this.#trouble(trouble, notes.kind, failure.message);
    }
    if (key === null) return this.#trouble('missing', notes.kind, null);
    try {
      const { storeUuid, keyId } = notes;
      const fits = fitsCheckValue(key, storeUuid, notes.kcv);
      if (!fits && notes.kind === 'passphrase')
        return this.#trouble('locked', notes.kind, 'That is not the passphrase of the stored secrets.');
      const dataKey = fits ? unwrapDataKey({ storeUuid, by: keyId }, key, notes.dataKey) : null;
      if (dataKey === null) return this.#trouble('wrong', notes.kind, null);
      return this.#open(new Envelope(dataKey, storeUuid), notes);
    } finally {
      key.fill(0);
    }
  }

  /** New key in the new place, read back, notes in one write, only then the old entry goes. */
  async #move(notes: KeyNotes, place: KeyPlace): Promise<KeychainState> {
    const envelope = this.#ready();
    const moved = { ...notes, ...(await keepMasterKey(place, notes.storeUuid, envelope)) };
    writeKeyNotes(this.#notesStore(), moved);
    await this.#removeOld(notes);
    return this.#open(envelope, moved);
  }

  async #removeOld(notes: KeyNotes): Promise<void> {
    if (notes.kind === 'passphrase') return;
    try {
      await this.#place(notes.kind, notes.path, undefined).keychain.remove(notes.keyId);
    } catch (error) {
      this.#options.log.warn('the old master key could not be removed', { error: asFailure(error) });
    }
  }

  async #storeAgain(notes: KeyNotes): Promise<KeychainState> {
    if (notes.kind === 'passphrase')
      return this.#set({
        ...this.#told.state,
        sentence: 'Opened with the recovery key. Choose a new passphrase now.',
      });
    try {
      return await this.#move(notes, this.#place(notes.kind, notes.path, undefined));
    } catch (error) {
      const failure = asFailure(error);
      this.#options.log.warn('the master key could not be stored again', { code: failure.code });
      return this.#set({
        ...this.#told.state,
        sentence: `Opened with the recovery key until the next stop, because the key could not be stored: ${failure.message} Choose another place for it.`,
      });
    }
  }

  #place(kind: Keychain['kind'], path: string | null, passphrase: Secret | undefined): KeyPlace {
    return keyPlace(this.#options.keychains, kind, path ?? this.#options.defaultKeyFile, passphrase);
  }

  #notesStore(): KeyNotesStore {
    if (this.#store === null) throw new Error('attach comes first');
    return this.#store;
  }

  #readNotes(): KeyNotes | null {
    return readKeyNotes(this.#notesStore());
  }

  #ready(): Envelope {
    if (this.#envelope === null) throw troubleFailure(this.#told.state);
    return this.#envelope;
  }

  #open(envelope: Envelope, notes: KeyNotes): KeychainState {
    if (this.#envelope !== envelope) this.#envelope?.wipe();
    this.#envelope = envelope;
    return this.#set({
      kind: notes.kind,
      state: 'ready',
      sentence: readySentence(notes),
      recoveryKeyWaiting: notes.recoveryKeyToShow !== null,
    });
  }

  #trouble(trouble: KeyTrouble, kind: KeychainState['kind'], why: string | null): KeychainState {
    return this.#set({
      kind,
      state: trouble,
      sentence: troubleSentence(trouble, kind, why),
      recoveryKeyWaiting: false,
    });
  }

  #set(state: KeychainState): KeychainState {
    return this.#told.set(state);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => {});
    return result;
  }
}
