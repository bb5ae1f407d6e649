import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import type { Field } from '#shared/catalog/field.ts';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import {
  type CredentialStore,
  type CredentialStoreKind,
  type CredentialStoreSettings,
  defaultStoreName,
  storeAddress,
} from '#shared/model/credential-store.ts';
import type { ProbeCheck } from '#shared/model/endpoint.ts';
import type { Shade } from '../../parts/level.tsx';
import { en } from '../../text/en.ts';

export function kindLabel(kind: CredentialStoreKind): string {
  return credentialStoreCatalog[kind].label;
}

export function isDefaultStore(store: Pick<CredentialStore, 'name' | 'kind'>): boolean {
  return store.kind === 'local' && store.name === defaultStoreName;
}

/** Where its credentials lie. */
export function whereText(settings: CredentialStoreSettings): string {
  const address = storeAddress(settings) ?? en.credentialStores.here;
  if (settings.kind !== 'hashicorp') return address;
  return [address.replace(/\/+$/, ''), settings.rootPath].filter(Boolean).join('/');
}

export function stepName(name: string): string {
  return (en.checks.names as Record<string, string>)[name] ?? name;
}

export function failingStep(checks: readonly ProbeCheck[]): ProbeCheck | null {
  return checks.find((check) => !check.ok) ?? null;
}

/** What the last test said, in two words. */
export function storeState({ kind, report }: Pick<CredentialStoreRow, 'kind' | 'report'>): {
  shade: Shade;
  text: string;
} {
  const { states } = en.credentialStores;
  if (report === null)
    return kind === 'local'
      ? { shade: 'ok', text: states.notNeeded }
      : { shade: 'unknown', text: states.never };
  const failing = failingStep(report.checks);
  if (report.ok || failing === null) return { shade: report.ok ? 'ok' : 'danger', text: states.ok };
  return { shade: 'danger', text: states.stops(stepName(failing.name)) };
}

/** Which fields of an edited credential store have something kept behind them that is not shown. */
export function keptFields({ settings }: Pick<CredentialStore, 'settings'>): string[] {
  switch (settings.kind) {
    case 'local':
      return [];
    case 'hashicorp':
      return { Token: ['token'], AppRoleSecret: ['secretid'], AppRoleFile: [] }[settings.auth.type];
    case 'cyberark':
      return settings.hasCertificate ? ['authcert'] : [];
    case 'delinea-secret-server':
      return ['password'];
    default:
      return settings satisfies never;
  }
}

/** What must be given, in words of the form; the agent has the last word. */
const needed = ['token', 'roleid', 'secretid', 'secretfile', 'password'];

/** The questions for this kind: what it cannot do without is marked, the password of no certificate is not asked. */
export function storeFields(
  kind: CredentialStoreKind,
  values: Readonly<Record<string, unknown>>,
  kept: readonly string[],
): Field[] {
  const given = typeof values.authcert === 'string' && values.authcert.trim() !== '';
  return credentialStoreCatalog[kind].fields
    .filter((field) => field.name !== 'certpass' || given)
    .map((field) =>
      needed.includes(field.name) && !kept.includes(field.name) ? { ...field, required: true } : field,
    );
}
