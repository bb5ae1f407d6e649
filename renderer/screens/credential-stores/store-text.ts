import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import type { Field } from '#shared/catalog/field.ts';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import {
  type CredentialStore,
  type CredentialStoreKind,
  type CredentialStoreSettings,
  defaultStoreName,
  isKeptHere,
  storeDefinition,
} from '#shared/model/credential-store.ts';
import type { StoredCheck } from '#shared/model/probe-check.ts';
import { checkName } from '../../parts/check-name.ts';
import { type FormValue, type FormValues, readForm } from '../../parts/descriptor-form/values.ts';
import type { Shade } from '../../parts/level.tsx';
import { en } from '../../text/en.ts';

export function kindLabel(kind: CredentialStoreKind): string {
  return credentialStoreCatalog[kind].label;
}

export function isDefaultStore(store: Pick<CredentialStore, 'name' | 'kind'>): boolean {
  return isKeptHere(store) && store.name === defaultStoreName;
}

/** Where its credentials lie. */
export function whereText(settings: CredentialStoreSettings): string {
  const place = storeDefinition(settings).place(settings);
  if (place === null) return en.credentialStores.here;
  if (place.within === null) return place.address;
  return [place.address.replace(/\/+$/, ''), place.within].filter(Boolean).join('/');
}

export function failingStep(checks: readonly StoredCheck[]): StoredCheck | null {
  return checks.find((check) => !check.ok) ?? null;
}

/** What the last test said, in two words. */
export function storeStanding(store: Pick<CredentialStoreRow, 'kind' | 'report'>): {
  shade: Shade;
  text: string;
} {
  const { states } = en.credentialStores;
  const { report } = store;
  if (report === null)
    return isKeptHere(store)
      ? { shade: 'ok', text: states.notNeeded }
      : { shade: 'unknown', text: states.never };
  const failing = failingStep(report.checks);
  if (report.ok || failing === null) return { shade: report.ok ? 'ok' : 'danger', text: states.ok };
  return { shade: 'danger', text: states.stops(checkName(failing.name)) };
}

/** Which fields of an edited credential store have something kept behind them that is not shown. */
export function keptFields({ settings }: Pick<CredentialStore, 'settings'>): readonly string[] {
  return storeDefinition(settings).kept(settings);
}

/** What is kept and may be taken away: the login is no use without the others. */
export function clearableFields({ settings }: Pick<CredentialStore, 'settings'>): string[] {
  const { toFlat, needs, kept } = storeDefinition(settings);
  const { fields } = needs(toFlat(settings));
  return kept(settings).filter((field) => !fields.includes(field));
}

/**
 * The questions for this kind: what it cannot do without is marked, the password of no certificate is not asked. The
 * agent has the last word.
 */
export function storeFields(kind: CredentialStoreKind, values: FormValues, kept: readonly string[]): Field[] {
  const { fields, needs } = storeDefinition({ kind });
  const asked = fields.filter(({ with: other }) => other === undefined || isGiven(values[other]));
  const needed = needs(readForm(fields, values).input).fields;
  return asked.map((field) =>
    needed.includes(field.name) && !kept.includes(field.name) ? { ...field, required: true } : field,
  );
}

function isGiven(value: FormValue | undefined): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
