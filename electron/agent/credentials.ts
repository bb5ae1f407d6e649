import type { Clock, Timer } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import {
  type CredentialStore,
  type StoredCredential,
  wipeCredential,
} from '../providers/credential-stores/credential-store.ts';
import { Secret } from '../secrets/secret.ts';

export interface ReadCredential extends StoredCredential {
  /** Not asked for now: read within the last minutes. */
  fromMemory: boolean;
}

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
  ): Promise<ReadCredential>;
  /** Wipes what is kept in memory, of one store or of all. */
  forget(storeId?: string): void;
}

interface CredentialReaderParts {
  /** The adapter of a stored one. Throws `credential-store.not-found`. */
  store(id: string): CredentialStore;
  /** A store refused what it logs in with, and a person has to act. */
  lost?(storeId: string, why: Failure): void;
  clock: Clock;
  log: Log;
}

/** What a person has to set again before a store can be read. */
const lostLogin: ReadonlySet<string> = new Set<FailureCode>([
  'credential-store.login-refused',
  'credential-store.no-secret',
  'credential-store.no-password',
  'credential-store.no-certificate',
  'credential-store.secret-file',
  'credential-store.wrapping-used',
  'credential-store.wrapping-foreign',
  'credential-store.not-a-wrapping-token',
]);

/** Long enough for a round over many endpoints with one login, short enough that a rotation is not missed for long. */
const keptMs = 5 * 60_000;

export function makeCredentialReader(parts: CredentialReaderParts): CredentialReader {
  return new Reader(parts);
}

interface Kept {
  storeId: string;
  credential: StoredCredential;
  /** Clock time as well as a timer: a machine that slept did not count. */
  until: number;
  timer: Timer;
}

/** One question to a store, with all who wait for its answer. */
interface Flight {
  storeId: string;
  answer: Promise<StoredCredential>;
  waiting: number;
  asked: AbortController;
  /** Worth keeping, and nobody said `forget` since it began. */
  keep: boolean;
}

class Reader implements CredentialReader {
  readonly #parts: CredentialReaderParts;
  readonly #kept = new Map<string, Kept>();
  readonly #flights = new Map<string, Flight>();

  constructor(parts: CredentialReaderParts) {
    this.#parts = parts;
  }

  async read(
    storeId: string,
    credentialId: string,
    options: { fresh?: boolean; signal?: AbortSignal | undefined } = {},
  ): Promise<ReadCredential> {
    const { fresh = false, signal } = options;
    signal?.throwIfAborted();
    const key = `${storeId}/${credentialId}`;
    if (fresh) this.#drop(key); // nobody else should be given what somebody doubts
    const kept = this.#present(key);
    if (kept !== undefined) return { ...copyOf(kept.credential), fromMemory: true };
    const flight = this.#flights.get(key) ?? this.#ask(key, storeId, credentialId);
    flight.waiting++;
    try {
      return { ...copyOf(await unless(signal, flight.answer)), fromMemory: false };
    } finally {
      this.#leave(key, flight);
    }
  }

  forget(storeId?: string): void {
    for (const [key, kept] of this.#kept)
      if (storeId === undefined || kept.storeId === storeId) this.#drop(key);
    for (const [key, flight] of this.#flights)
      if (storeId === undefined || flight.storeId === storeId) {
        flight.keep = false;
        this.#flights.delete(key); // whoever asks from now on asks anew
      }
  }

  #present(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    const left = kept.until - this.#parts.clock.now();
    if (left > 0 && left <= keptMs) return kept;
    this.#drop(key);
    return undefined;
  }

  #ask(key: string, storeId: string, credentialId: string): Flight {
    const store = this.#parts.store(storeId);
    const asked = new AbortController();
    const answer = this.#fromStore(store, storeId, credentialId, asked.signal);
    const flight: Flight = { storeId, waiting: 0, asked, keep: store.near !== true, answer };
    this.#flights.set(key, flight);
    const landed = () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    answer.then((credential) => {
      landed();
      // one that is being changed may be the old one
      if (flight.keep && !credential.changeInProcess) this.#keep(key, storeId, credential);
    }, landed);
    return flight;
  }

  async #fromStore(
    store: CredentialStore,
    storeId: string,
    credentialId: string,
    signal: AbortSignal,
  ): Promise<StoredCredential> {
    const { clock, log } = this.#parts;
    const began = clock.monotonic();
    const credential = await store.read(credentialId, signal).catch((thrown: unknown) => {
      if (thrown instanceof Failure && lostLogin.has(thrown.code)) this.#parts.lost?.(storeId, thrown);
      throw thrown;
    });
    const ms = Math.round(clock.monotonic() - began);
    const { changeInProcess } = credential;
    log.debug(`read credential "${credentialId}"`, { store: store.description, ms, changeInProcess });
    return credential;
  }

  /** The last one to leave wipes what was given; when there is nothing yet, the question is given up. */
  #leave(key: string, flight: Flight): void {
    flight.waiting--;
    if (flight.waiting > 0) return;
    if (this.#flights.get(key) === flight) {
      this.#flights.delete(key);
      flight.keep = false;
      flight.asked.abort(new DOMException('The request was cancelled.', 'AbortError'));
    }
    flight.answer.then(wipeCredential, () => {});
  }

  #keep(key: string, storeId: string, credential: StoredCredential): void {
    const { clock } = this.#parts;
    this.#drop(key);
    const timer = clock.after(keptMs, () => this.#drop(key));
    this.#kept.set(key, { storeId, credential: copyOf(credential), until: clock.now() + keptMs, timer });
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    kept.timer.cancel();
    wipeCredential(kept.credential);
  }
}

function copyOf(credential: StoredCredential): StoredCredential {
  const copy = (secret: Secret | null) => (secret === null ? null : Secret.of(secret.bytes()));
  return {
    ...credential,
    about: [...credential.about],
    password: copy(credential.password),
    privateKey: copy(credential.privateKey),
    passphrase: copy(credential.passphrase),
  };
}

/** What was promised, unless the signal comes first. */
async function unless<T>(signal: AbortSignal | undefined, promised: Promise<T>): Promise<T> {
  if (signal === undefined) return promised;
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promised, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
