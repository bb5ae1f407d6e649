import { shellWord } from '#kit/shell-word.ts';
import type { CredentialStoreRow } from '#shared/contract/credential-stores.ts';
import {
  type CredentialStoreSettings,
  isKeptHere,
  type StoreReport,
  type StoreUser,
  storeDefinition,
} from '#shared/model/credential-store.ts';
import { firstOf } from '#shared/model/first-of.ts';
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
  const place = storeDefinition(settings).place(settings);
  if (place === null) return 'this agent';
  return place.within === null ? place.address : `${place.address} ${place.within}`;
}

/** Each endpoint once, however many of its credentials are read. */
export function namesOf(users: readonly StoreUser[], none: string): string {
  return firstOf([...new Set(users.map(({ name }) => name))]) || none;
}

function reportWord(store: CredentialStoreRow, now: number): string {
  const { report } = store;
  if (report === null) return isKeptHere(store) ? '-' : 'never';
  const wrong = report.checks.find(({ ok }) => !ok);
  return wrong === undefined ? when(report.at, now) : `failed: ${wrong.name}`;
}

export function storePage(store: CredentialStoreRow, paper: Paper): string[] {
  const { settings, report } = store;
  const facts = storeDefinition(store).facts(settings);
  return [
    ...pairs([
      ['Name', store.name],
      ['ID', store.id],
      ['Kind', store.kind],
      ...facts.map(({ label, value }) => [label, value] as const),
      ['Credentials', store.credentials === null ? null : String(store.credentials)],
      ['Used by', store.usedBy.length === 0 ? 'nobody' : null],
    ]),
    ...userLines(store.usedBy),
    ...(report === null ? [] : ['', ...storeReportPage(report, paper)]),
  ];
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

function whatWasFound(store: CredentialStoreRow, paper: Paper): string[] {
  const { name, report } = store;
  if (report !== null) return checkLines(report.checks, paper);
  if (!isKeptHere(store)) return [];
  return [
    `Add credentials to it: trustkeep credstore credentials add --storename ${shellWord(name)} --id ID`,
  ];
}
