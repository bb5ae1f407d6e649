import { Failure } from '#shared/failure.ts';
import type { CredentialStore, StoreReport } from '#shared/model/credential-store.ts';
import type { StoreKeep } from '../providers/credential-stores/credential-store.ts';
import { storeSecrets } from '../providers/credential-stores/credential-store.ts';
import { Secret } from '../secrets/secret.ts';
import type { SecretChanges } from './credential-store-secrets.ts';
import type { CommandTools } from './tools.ts';

/** What a store keeps while it is only tried: laid over what is sealed, written nowhere before `commit`. */
export class DraftKeep implements StoreKeep {
  readonly #stored: StoreKeep | null;
  readonly #secrets: SecretChanges;
  readonly #notes = new Map<string, string | null>();
  #gained = false;

  /** `stored`: what the store has been keeping; null: it is a new one. Takes `changes` over. */
  constructor(stored: StoreKeep | null, changes: SecretChanges) {
    this.#stored = stored;
    this.#secrets = changes;
  }

  secret(name: string): Secret | null {
    const changed = this.#secrets.get(name);
    if (changed === undefined) return this.#stored?.secret(name) ?? null;
    return changed === null ? null : Secret.of(changed.bytes()); // whoever asks may wipe it
  }

  keepSecret(name: string, value: Secret): void {
    this.#secrets.set(name, Secret.of(value.bytes()));
    if (name === storeSecrets.secretId) this.#gained = true;
  }

  forgetSecret(name: string): void {
    this.#secrets.set(name, null);
  }

  note(name: string): string | null {
    const changed = this.#notes.get(name);
    return changed === undefined ? (this.#stored?.note(name) ?? null) : changed;
  }

  keepNote(name: string, value: string | null): void {
    this.#notes.set(name, value);
  }

  /** A SecretID came out of a token that is good for one use: it is nowhere else now. */
  get gained(): boolean {
    return this.#gained;
  }

  /** In the caller's transaction. */
  commit(to: StoreKeep): void {
    for (const [name, value] of this.#secrets) {
      if (value === null) to.forgetSecret(name);
      else to.keepSecret(name, value);
    }
    for (const [name, value] of this.#notes) to.keepNote(name, value);
  }

  wipe(): void {
    for (const value of this.#secrets.values()) value?.wipe();
    this.#secrets.clear();
  }
}

const doors: Record<string, string> = {
  tls: 'credential-store.tls-failed',
  'log-in': 'credential-store.login-refused',
};

export interface Tried {
  report: StoreReport | null;
  /** It cannot be used as it is, and is stored all the same, because of what would be lost. */
  despite: string | null;
}

/**
 * Verifies a row that is stored nowhere yet. Throws with the sentence of the step that failed, except `read`: that is
 * somebody's typing error in a path, shown in the report. A local store has nothing to try.
 */
export async function triedDraft(tools: CommandTools, row: CredentialStore, keep: DraftKeep): Promise<Tried> {
  if (row.kind === 'local') return { report: null, despite: null };
  const adapter = tools.stores.draft(row, keep);
  let report: StoreReport;
  try {
    report = toldOfPlain(row, await adapter.verify());
  } finally {
    await adapter.close();
  }
  const shut = report.checks.find(({ name, ok }) => !ok && name !== 'read');
  if (shut === undefined) return { report, despite: null };
  if (!keep.gained) {
    throw new Failure(doors[shut.name] ?? 'credential-store.unreachable', shut.sentence, {
      hint: `Nothing was stored for "${row.name}".`,
    });
  }
  const sentence = `${shut.sentence} It is stored all the same: its wrapping token is used up, and the SecretID that was in it is kept sealed.`;
  const checks = report.checks.map((check) => (check === shut ? { ...check, sentence } : check));
  return { report: { ...report, checks }, despite: shut.name };
}

/** A store that is reached without TLS is a person's decision, and worth a sentence each time somebody looks. */
export function toldOfPlain(
  { settings }: Pick<CredentialStore, 'settings'>,
  report: StoreReport,
): StoreReport {
  const url = addressOf(settings);
  const reached = report.checks.findLastIndex(({ name }) => !['log-in', 'read'].includes(name));
  if (url === null || url.protocol !== 'http:' || isLoopback(url.hostname)) return report;
  if (report.checks.some(({ name }) => name === 'tls') || report.checks[reached]?.ok !== true) return report;
  const sentence = `Nothing is encrypted on the way to ${url.host}: whoever is on it can read every credential. Use an https address.`;
  const checks = report.checks.toSpliced(reached + 1, 0, { name: 'tls', ok: true, sentence });
  return { ...report, checks };
}

function addressOf(settings: CredentialStore['settings']): URL | null {
  switch (settings.kind) {
    case 'local':
      return null;
    case 'hashicorp':
      return new URL(settings.vaultUrl);
    case 'cyberark':
      return new URL(settings.ccpUrl);
    case 'delinea-secret-server':
      return new URL(settings.url);
    default:
      return settings satisfies never;
  }
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
  );
}
