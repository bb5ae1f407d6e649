import type { KeychainState } from '#shared/contract/agent.ts';
import { asFailure, Failure } from '#shared/failure.ts';
import { adoptDatabase, type ForeignDatabase } from './adopt-database.ts';
import { databaseEnvelope } from './database-envelope.ts';
import type { RowSealer, SealContext, SealedRow } from './envelope.ts';
import { findKey, withGivenPath } from './find-key.ts';
import { finishRowsQuietly } from './finish-rows.ts';
import { KeyHolder, type MasterKeyOptions } from './key-holder.ts';
import { type KeyNotes, type KeyNotesRows, keyEntryOf, withLeftover, writeKeyNotes } from './key-notes.ts';
import { type KeyPlace, keepMasterKey, newDatabaseKey, recoveryPlace } from './key-place.ts';
import { troubleFailure } from './key-state.ts';
import { unwrapDataKey } from './key-wrap.ts';
import type { Keychain } from './keychain.ts';
import { recoveryWrapKey, wrongRecoveryKey } from './recovery-key.ts';
import { type RotateOptions, rotateKeys } from './rotate-keys.ts';
import type { Resealed, SealedRows } from './sealed-rows.ts';
import type { Secret } from './secret.ts';

/**
 * The master key of one store: found in its keychain at `unlock`, made at the very first start. It wraps one data key,
 * which seals. Changing the place of the master key wraps the data key anew; `rotate` makes both anew.
 * A key is made only when nothing was ever sealed. Asynchronous calls are carried out one after another.
 */
export class MasterKey implements RowSealer {
  readonly #holder: KeyHolder;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: MasterKeyOptions) {
    this.#holder = new KeyHolder(options);
  }

  /** Gives the database's settings, and the rows that `rotate` seals anew; before anything else. */
  attach(notesRows: KeyNotesRows, rows?: SealedRows): void {
    this.#holder.notesRows = notesRows;
    this.#holder.rows = rows ?? null;
  }

  get ready(): boolean {
    return this.#holder.envelope !== null;
  }

  state(): KeychainState {
    return this.#holder.told.state;
  }

  /** Where the master key is kept, by the notes; null: nowhere yet. Throws when the notes are damaged. */
  kept(): Pick<KeyNotes, 'kind' | 'path'> | null {
    const notes = this.#holder.notes();
    return notes === null ? null : { kind: notes.kind, path: notes.path };
  }

  /** Called with the new state whenever it changed. Gives the function that ends it. */
  onChange(listener: (state: KeychainState) => void): () => void {
    return this.#holder.told.onChange(listener);
  }

  seal(context: SealContext, value: Secret): Buffer {
    return this.#holder.ready().seal(context, value);
  }

  open(context: SealContext, sealed: Uint8Array): Secret {
    return this.#holder.ready().open(context, sealed);
  }

  sealRow(context: SealContext, value: Secret): { sealed: Buffer; wrapped: Buffer } {
    return this.#holder.ready().sealRow(context, value);
  }

  openRow(context: SealContext, row: SealedRow): Secret {
    return this.#holder.ready().openRow(context, row);
  }

  /** Hands the data key out, for a backup. */
  withDataKey<T>(use: (dataKey: Buffer) => T): T {
    return this.#holder.ready().withDataKey(use);
  }

  /**
   * Looks for the key where it was kept; at the very first start takes the one it is given, else makes one in the system's
   * keychain. Never rejects for what the keychain answers: the state says it.
   */
  unlock(passphrase?: Secret): Promise<KeychainState> {
    return this.#inTurn(async () => {
      const holder = this.#holder;
      if (this.ready) return this.state();
      let notes: KeyNotes | null;
      try {
        notes = holder.notes();
      } catch (error) {
        return holder.trouble('unavailable', null, asFailure(error).message);
      }
      if (notes === null) return this.#begin();
      if (notes.kind === 'passphrase' && passphrase === undefined)
        return holder.trouble('locked', notes.kind, null);
      const found = await withGivenPath(holder, notes);
      const state = await findKey(holder, found, holder.place(found.kind, found.path, passphrase));
      if (!this.ready) return state;
      if (found.path !== notes.path) writeKeyNotes(holder.notesRows, found);
      await finishRowsQuietly(holder);
      await holder.removeLeftovers();
      return state;
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
      const holder = this.#holder;
      const notes = holder.notes();
      const path = kind === 'key-file' ? (options.path ?? holder.options.defaultKeyFile) : null;
      const place = holder.place(kind, path, options.passphrase);
      if (notes !== null) return this.#move(place);
      if (holder.notesRows.hasSealed()) throw troubleFailure(holder.trouble('missing', null, null));
      return this.#create(place);
    });
  }

  /** Opens with the recovery key and stores a fresh master key where the lost one was. */
  recover(recoveryKey: Secret): Promise<KeychainState> {
    return this.#inTurn(async () => {
      const notes = this.#holder.notes();
      if (notes === null)
        throw new Failure('recovery-key.not-needed', 'There is no master key to recover yet.', {
          hint: 'Choose where the master key is kept with "trustkeep secrets choose".',
        });
      const wrapKey = recoveryWrapKey(recoveryKey.text(), notes.storeUuid);
      const dataKey = unwrapDataKey({ storeUuid: notes.storeUuid, by: 'recovery' }, wrapKey, notes.recovery);
      wrapKey.fill(0);
      if (dataKey === null) throw wrongRecoveryKey();
      this.#holder.open(databaseEnvelope(dataKey, notes), notes);
      await finishRowsQuietly(this.#holder);
      return this.#storeAgain(notes);
    });
  }

  /**
   * A new master key in the same place, a new data key and a new recovery key, from the one transaction on that `commit`
   * makes around its work; every row is wrapped anew, in slices behind it. Killed at any point, the old keys count or
   * the new ones, and the next unlock goes on. Rejects, with nothing changed, while locked and when keychain or disk refuse.
   */
  rotate(options: RotateOptions): Promise<Resealed> {
    return this.#inTurn(() => rotateKeys(this.#holder, options));
  }

  /** A new master key for a store out of a backup, kept the way this store's is. Rejects with nothing changed. */
  adopt(foreign: ForeignDatabase): Promise<void> {
    return this.#inTurn(() => adoptDatabase(this.#holder, foreign));
  }

  /** The recovery key, once: afterwards it is gone. Null when it was shown before. */
  takeRecoveryKey(): string | null {
    const holder = this.#holder;
    const notes = holder.notes();
    if (notes === null || notes.recoveryKeyToShow === null) return null;
    const value = holder.ready().open(recoveryPlace, Buffer.from(notes.recoveryKeyToShow, 'base64'));
    writeKeyNotes(holder.notesRows, { ...notes, recoveryKeyToShow: null });
    holder.told.set({ ...this.state(), recoveryKeyWaiting: false });
    const text = value.text();
    value.wipe();
    return text;
  }

  /** Forgets the key. `unlock` finds it again. */
  lock(): void {
    this.#holder.envelope?.wipe();
    this.#holder.envelope = null;
    this.#holder.trouble('locked', this.state().kind, null);
  }

  async #begin(): Promise<KeychainState> {
    const holder = this.#holder;
    if (holder.notesRows.hasSealed()) return holder.trouble('missing', null, null);
    const { givenKeyFile = null } = holder.options;
    try {
      return await this.#create(
        holder.place(givenKeyFile === null ? 'os-keychain' : 'key-file', givenKeyFile),
      );
    } catch (error) {
      const failure = asFailure(error);
      holder.options.log.warn('the master key could not be made', {
        code: failure.code,
        said: failure.peerSaid,
      });
      if (givenKeyFile !== null) return holder.trouble('unavailable', 'key-file', failure.message);
      if (failure.code === 'keychain.locked') return holder.trouble('locked', null, failure.message);
      return holder.trouble('not-chosen', null, null);
    }
  }

  /** Keychain first, read back, then the notes in one write: a crash between leaves an entry nobody uses. */
  async #create(place: KeyPlace): Promise<KeychainState> {
    const { envelope, notes } = await newDatabaseKey(place);
    writeKeyNotes(this.#holder.notesRows, notes);
    return this.#holder.open(envelope, notes);
  }

  /** New key in the new place, read back, notes in one write, only then the old entry goes. */
  async #move(place: KeyPlace): Promise<KeychainState> {
    const holder = this.#holder;
    const envelope = holder.ready();
    try {
      const { storeUuid } = holder.ownNotes();
      const kept = await keepMasterKey(place, storeUuid, envelope, holder.announce);
      const before = holder.ownNotes();
      const moved = withLeftover({ ...before, ...kept }, keyEntryOf(before));
      writeKeyNotes(holder.notesRows, moved);
      return holder.open(envelope, moved);
    } finally {
      await holder.removeLeftovers();
    }
  }

  async #storeAgain(notes: KeyNotes): Promise<KeychainState> {
    const { told, options } = this.#holder;
    if (notes.kind === 'passphrase')
      return told.set({
        ...told.state,
        sentence: 'Opened with the recovery key. Choose a new passphrase now.',
      });
    try {
      return await this.#move(this.#holder.place(notes.kind, notes.path));
    } catch (error) {
      const failure = asFailure(error);
      options.log.warn('the master key could not be stored again', { code: failure.code });
      return told.set({
        ...told.state,
        sentence: `Opened with the recovery key until the next stop, because the key could not be stored: ${failure.message} Choose another place for it.`,
      });
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => {});
    return result;
  }
}
