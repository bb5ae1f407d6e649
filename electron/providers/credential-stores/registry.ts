import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type {
  CredentialStoreKind,
  CredentialStoreSettings,
  CredentialStore as StoreRow,
} from '#shared/model/credential-store.ts';
import type { Http } from '../../net/http.ts';
import type {
  CredentialStore,
  LocalRows,
  StoreProvider,
  StoreSealing,
  StoreState,
} from './credential-store.ts';
import { cyberark } from './cyberark/provider.ts';
import { delineaSecretServer } from './delinea-secret-server/provider.ts';
import { hashicorp } from './hashicorp/provider.ts';
import { local } from './local/provider.ts';

type SettingsOf<K extends CredentialStoreKind> = Extract<CredentialStoreSettings, { kind: K }>;

/** The agent's side of every kind in the catalog. */
const providers: { [K in CredentialStoreKind]: StoreProvider<SettingsOf<K>> } = {
  local,
  hashicorp,
  cyberark,
  'delinea-secret-server': delineaSecretServer,
};

function providerOf(kind: CredentialStoreKind): StoreProvider<CredentialStoreSettings> {
  return providers[kind];
}

export interface StoreTools {
  clock: Clock;
  log: Log;
  http(): Http;
  /** Sealed values and notes of one store. */
  state(id: string): StoreState;
  /** The credentials of one local store. */
  local(id: string): LocalRows;
  /** A store in use cannot log in any more, or soon not. May be said again and again. */
  lost(id: string, why: Failure): void;
}

/** Stored credential stores, made into adapters once and kept until `forget`. */
export class CredentialStoreRegistry {
  readonly #rows: { get(id: string): StoreRow | null };
  readonly #tools: StoreTools;
  readonly #made = new Map<string, CredentialStore>();
  /** Of adapters that end, so that `close` can wait for them. */
  readonly #ending = new Set<Promise<void>>();
  #started = false;

  constructor(rows: { get(id: string): StoreRow | null }, tools: StoreTools) {
    this.#rows = rows;
    this.#tools = tools;
  }

  /** Throws `credential-store.not-found`. */
  get(id: string): CredentialStore {
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const row = this.#rows.get(id);
    if (row === null)
      throw new Failure('credential-store.not-found', 'The credential store no longer exists.', {
        hint: 'Choose another one for this endpoint, or set its login itself.',
      });
    const made = this.#make(row, this.#tools.state(id));
    this.#use(id, made);
    return made;
  }

  /**
   * The adapter of a row that is stored nowhere yet, keeping in `state`. The caller closes it. `sameSecrets`: a login of
   * the one in use may go on where nothing that it depends on differs, for another may not be possible.
   */
  draft(row: StoreRow, state: StoreState, sameSecrets = false): CredentialStore {
    const present = sameSecrets ? this.#made.get(row.id) : undefined;
    return present?.withSettings?.(row.settings) ?? this.#make(row, state);
  }

  /**
   * The adapter that was tried is that of the stored row from now on, in place of any before: what it logged in with may
   * have been good for one login.
   */
  adopt(id: string, tried: CredentialStore): void {
    this.#end(id);
    this.#use(id, tried);
  }

  /** The adapter of a row, keeping in `state`. */
  #make(row: StoreRow, state: StoreState): CredentialStore {
    const { id, name, settings } = row;
    const { clock, http, log, local, lost } = this.#tools;
    return providerOf(row.kind).make({
      ...{ id, name, settings, state, clock, http, log: log.in(name) },
      rows: () => local(id),
      lost: (why) => {
        if (this.#made.has(id)) lost(id, why);
      },
    });
  }

  #use(id: string, made: CredentialStore): void {
    this.#made.set(id, made);
    made.watch?.();
  }

  /** What a kind of store seals of what it is given. */
  sealing(kind: CredentialStoreKind): StoreSealing {
    return providers[kind].sealing;
  }

  /** From here on stores that must renew what they log in with do so before anybody reads from them. */
  start(ids: readonly string[]): void {
    this.#started = true;
    for (const id of ids) this.#watch(id);
  }

  #watch(id: string): void {
    const row = this.#started ? this.#rows.get(id) : null;
    if (row && providers[row.kind].watched) this.get(id);
  }

  /** The row has another name: what describes itself by it is made again. One that logs in keeps its login. */
  renamed(id: string): void {
    if (this.#made.get(id)?.near === true) this.forget(id);
  }

  /** Closes the adapter: the row has changed. Reads under way end as they end. */
  forget(id: string): void {
    this.#end(id);
    this.#watch(id);
  }

  #end(id: string): void {
    const made = this.#made.get(id);
    if (made === undefined) return;
    this.#made.delete(id);
    const ending = made
      .close()
      .catch((error: unknown) => this.#tools.log.warn('a credential store did not close', { id, error }))
      .finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Closes every adapter. */
  async close(): Promise<void> {
    this.#started = false;
    for (const id of [...this.#made.keys()]) this.#end(id);
    await Promise.all(this.#ending);
  }
}
