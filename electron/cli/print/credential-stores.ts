import { shellWord } from '#kit/shell-word.ts';
import { flatStore } from '#shared/catalog/credential-stores/flat.ts';
import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import {
  type CredentialStoreSettings,
  type StoreReport,
  type StoreUser,
  storeAddress,
} from '#shared/model/credential-store.ts';
import { type Paper, pairs, table } from '../table.ts';
import { dated, when } from '../when.ts';
import { checkLines } from './endpoints.ts';

export function storeTable(stores: readonly CredentialStoreRow[], paper: Paper): string[] {
  return table(
    stores,
    [
      { head: 'name', value: ({ name }) => name, whole: true },
      { head: 'kind', value: ({ kind }) => kind },
      { head: 'where', value: ({ settings }) => whereOf(settings) },
      { head: 'verified', value: (store) => reportWord(store, paper.now) },
      {
        head: 'credentials',
        value: ({ credentials }) => (credentials === null ? '-' : String(credentials)),
        right: true,
      },
      { head: 'used by', value: ({ usedBy }) => namesOf(usedBy, '-') },
      { head: 'id', value: ({ id }) => id, whole: true },
    ],
    paper,
  );
}

function whereOf(settings: CredentialStoreSettings): string {
  const address = storeAddress(settings) ?? 'this agent';
  return settings.kind === 'hashicorp' ? `${address} ${settings.rootPath}` : address;
}

/** Each endpoint once, however many of its credentials are read. */
export function namesOf(users: readonly StoreUser[], none: string): string {
  return [...new Set(users.map(({ name }) => name))].join(', ') || none;
}

function reportWord({ kind, report }: CredentialStoreRow, now: number): string {
  if (report === null) return kind === 'local' ? '-' : 'never';
  const wrong = report.checks.find(({ ok }) => !ok);
  return wrong === undefined ? when(report.at, now) : `failed: ${wrong.name}`;
}

export function storePage(store: CredentialStoreRow, paper: Paper): string[] {
  const { settings, report } = store;
  const flat = flatStore(settings);
  const fields = credentialStoreCatalog[store.kind].fields.filter(({ name }) => flat[name] !== undefined);
  return [
    ...pairs([
      ['Name', store.name],
      ['ID', store.id],
      ['Kind', store.kind],
      ...fields.map(({ name, label }) => [label, shown(name, flat[name])] as const),
      ['Authentication', settings.kind === 'cyberark' ? cyberarkWord(settings) : null],
      ['Credentials', store.credentials === null ? null : String(store.credentials)],
      ['Used by', store.usedBy.length === 0 ? 'nobody' : null],
    ]),
    ...userLines(store.usedBy),
    ...(report === null ? [] : ['', ...storeReportPage(report, paper)]),
  ];
}

function cyberarkWord({ hasCertificate }: Extract<CredentialStoreSettings, { kind: 'cyberark' }>): string {
  return hasCertificate ? 'client certificate, stored encrypted' : 'address of this machine';
}

function shown(name: string, value: unknown): string {
  if (name === 'trusted_roots') return 'system roots and custom roots';
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}

export function userLines(users: readonly StoreUser[]): string[] {
  if (users.length === 0) return [];
  return ['Used by:', ...users.map(({ kind, name, credentialId }) => `  ${kind} ${name}: ${credentialId}`)];
}

/** Every step until the first "no". */
export function storeReportPage({ ok, checks, at }: StoreReport, paper: Paper): string[] {
  const wrong = checks.find((check) => !check.ok);
  const head = ok
    ? `The credential store works. Verified ${dated(at, paper.now)}:`
    : `The credential store cannot be used: it failed at the step ${wrong?.name ?? '?'}. Verified ${dated(at, paper.now)}:`;
  return [head, ...checkLines(checks, paper)];
}

export function addedStorePage(store: CredentialStoreRow, paper: Paper): string[] {
  return [`Credential store ${store.name} was added. ID: ${store.id}`, ...whatWasFound(store, paper)];
}

export function updatedStorePage(store: CredentialStoreRow, paper: Paper): string[] {
  return [`Credential store ${store.name} was changed. ID: ${store.id}`, ...whatWasFound(store, paper)];
}

function whatWasFound({ kind, name, report }: CredentialStoreRow, paper: Paper): string[] {
  if (report !== null) return checkLines(report.checks, paper);
  if (kind !== 'local') return [];
  return [
    `Add credentials to it: trustkeep credstore credentials add --storename ${shellWord(name)} --id ID`,
  ];
}
