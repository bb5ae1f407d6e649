import { Failure } from '#shared/failure.ts';
import type { FailureCode } from '#shared/failure-codes.ts';
import {
  type CredentialStore,
  isKeptHere,
  type StoreReport,
  storeDefinition,
} from '#shared/model/credential-store.ts';
import type {
  CredentialStore as CredentialStoreAdapter,
  SecretUpdates,
  StoreSealing,
  StoreState,
} from '../providers/credential-stores/credential-store.ts';
import { Secret } from '../secrets/secret.ts';
import type { CommandTools } from './tools.ts';

/** What a store keeps while it is only tried: laid over what is sealed, written nowhere before `commit`, and there alone after `settle`. */
export class DraftState implements StoreState {
  readonly #stored: StoreState | null;
  readonly #secrets: SecretUpdates;
  readonly #notes = new Map<string, string | null>();
  readonly #onlyCopy: StoreSealing['onlyCopy'];
  #gained: StoreSealing['onlyCopy'] = null;
  #settled: StoreState | null = null;

  /** `stored`: what the store has been keeping; null: it is a new one. Takes `updates` over. */
  constructor(stored: StoreState | null, updates: SecretUpdates, { onlyCopy }: StoreSealing) {
    this.#stored = stored;
    this.#secrets = updates;
    this.#onlyCopy = onlyCopy;
  }

  secret(name: string): Secret | null {
    if (this.#settled !== null) return this.#settled.secret(name);
    const changed = this.#secrets.get(name);
    if (changed === undefined) return this.#stored?.secret(name) ?? null;
    return changed === null ? null : Secret.of(changed.bytes()); // whoever asks may wipe it
  }

  keepSecret(name: string, value: Secret): void {
    if (this.#settled !== null) this.#settled.keepSecret(name, value);
    else this.#secrets.set(name, Secret.of(value.bytes()));
    if (name === this.#onlyCopy?.name) this.#gained = this.#onlyCopy;
  }

  forgetSecret(name: string): void {
    if (this.#settled !== null) this.#settled.forgetSecret(name);
    else this.#secrets.set(name, null);
  }

  note(name: string): string | null {
    if (this.#settled !== null) return this.#settled.note(name);
    const changed = this.#notes.get(name);
    return changed === undefined ? (this.#stored?.note(name) ?? null) : changed;
  }

  keepNote(name: string, value: string | null): void {
    if (this.#settled !== null) this.#settled.keepNote(name, value);
    else this.#notes.set(name, value);
  }

  /** Nothing was given and nothing forgotten: what is sealed is what it logs in with. */
  get unchanged(): boolean {
    return this.#stored !== null && this.#secrets.size === 0;
  }

  /** What came out of a secret that is good for one use, and is nowhere else now; null: nothing did. */
  get gained(): StoreSealing['onlyCopy'] {
    return this.#gained;
  }

  /** In the caller's transaction. */
  commit(to: StoreState): void {
    for (const [name, value] of this.#secrets) {
      if (value === null) to.forgetSecret(name);
      else to.keepSecret(name, value);
    }
    for (const [name, value] of this.#notes) to.keepNote(name, value);
  }

  /** What was committed is stored: the adapter that was tried reads and keeps there from now on. */
  settle(stored: StoreState): void {
    this.#settled = stored;
  }

  wipe(): void {
    for (const value of this.#secrets.values()) value?.wipe();
    this.#secrets.clear();
  }
}

const doors: Record<string, FailureCode> = {
  tls: 'credential-store.tls-failed',
  'log-in': 'credential-store.login-refused',
};

export interface Tried {
  report: StoreReport | null;
  /** It cannot be used as it is, and is stored all the same, because of what would be lost: the step, and why. */
  despite: { step: string; usedUp: string } | null;
  /** With the login it made, for the caller to hand over or to close; null: there was nothing to try. */
  adapter: CredentialStoreAdapter | null;
}

/**
 * Verifies a row that is stored nowhere yet. Throws with the sentence of the step that failed, except `read`: that is
 * somebody's typing error in a path, shown in the report. A store of our own has nothing to try.
 */
export async function triedDraft(
  tools: CommandTools,
  row: CredentialStore,
  state: DraftState,
): Promise<Tried> {
  if (isKeptHere(row)) return { report: null, despite: null, adapter: null };
  const adapter = tools.stores.draft(row, state, state.unchanged);
  try {
    return { ...judged(row, toldOfPlain(row, await adapter.verify()), state), adapter };
  } catch (thrown) {
    await adapter.close();
    throw thrown;
  }
}

function judged(row: CredentialStore, report: StoreReport, state: DraftState): Omit<Tried, 'adapter'> {
  const shut = report.checks.find(({ name, ok }) => !ok && name !== 'read');
  if (shut === undefined) return { report, despite: null };
  const { gained } = state;
  if (gained === null) {
    throw new Failure(doors[shut.name] ?? 'credential-store.unreachable', shut.sentence, {
      hint: `Nothing was stored for "${row.name}".`,
    });
  }
  const sentence = `${shut.sentence} It is stored anyway: ${gained.usedUp}, and ${gained.kept}.`;
  const checks = report.checks.map((check) => (check === shut ? { ...check, sentence } : check));
  return { report: { ...report, checks }, despite: { step: shut.name, usedUp: gained.usedUp } };
}

/** A store that is reached without TLS is a person's decision, and worth a sentence each time somebody looks. */
export function toldOfPlain(
  { settings }: Pick<CredentialStore, 'settings'>,
  report: StoreReport,
): StoreReport {
  const place = storeDefinition(settings).place(settings);
  const url = place === null ? null : new URL(place.address);
  const reached = report.checks.findLastIndex(({ name }) => !['log-in', 'read'].includes(name));
  if (url === null || url.protocol !== 'http:' || isLoopback(url.hostname)) return report;
  if (report.checks.some(({ name }) => name === 'tls') || report.checks[reached]?.ok !== true) return report;
  const sentence = `The connection to ${url.host} is not encrypted: anyone on the path can read every credential. Use an https address.`;
  const checks = report.checks.toSpliced(reached + 1, 0, { name: 'tls', ok: true, sentence });
  return { ...report, checks };
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}
