import type { AgentStatus, KeychainState } from '#shared/contract/agent.ts';
import type { AuditEntry, AuditVerdict } from '#shared/model/audit.ts';
import {
  type Authority,
  type AuthorityAccount,
  type AuthoritySettings,
  authorityDefinition,
  type ImportedAccount,
} from '#shared/model/authority.ts';
import type { Found } from '#shared/model/found.ts';
import type { Pause } from '#shared/model/pause.ts';
import type { StoredCheck } from '#shared/model/probe-check.ts';
import { type Paper, pairs, table } from '../table.ts';
import { dated, when } from '../when.ts';
import { checkLines } from './endpoints.ts';

export function statusPage(status: AgentStatus, { now }: Paper): string[] {
  return pairs([
    ...(status.name === null ? [] : [['Name', status.name] as const]),
    ['Agent', `Trustkeep ${status.version}, ${status.face}, process ${status.pid}`],
    ['Started', dated(status.startedAt, now)],
    ['Data directory', status.dataDirectory],
    ['Master key', keychainWord(status.keychain)],
    ['Renewals', renewalsWord(status, now)],
  ]);
}

function renewalsWord({ pause, renewals }: AgentStatus, now: number): string {
  const { lastCheckAt, silentSince } = renewals;
  const checked = lastCheckAt === null ? 'not checked yet' : `checked ${when(lastCheckAt, now)}`;
  if (silentSince !== null) return `ALARM: ${checked}, too long ago. Restart the agent.`;
  return pause === null ? checked : `${checked}; ${pausedLine(pause, now)}`;
}

const pausedLine = ({ until }: Pause, now: number): string => `paused until ${dated(until, now)}`;

export function pausedPage(pause: Pause, { now }: Paper): string[] {
  return [
    `Automatic work is ${pausedLine(pause, now)}. What is running finishes, and what a person starts is done.`,
    'To end the pause: trustkeep resume',
  ];
}

function keychainWord({ kind, state, sentence }: KeychainState): string {
  const place = kind === null ? '' : `${kind}, `;
  return `${place}${state === 'not-chosen' ? 'not chosen yet' : state}. ${sentence}`;
}

export function keychainPage(keychain: KeychainState): string[] {
  return [
    ...pairs([
      ['Kept in', keychain.kind ?? 'not chosen'],
      ['State', keychain.state],
      ['', keychain.sentence],
    ]),
    ...remedy(keychain),
    ...(keychain.recoveryKeyWaiting
      ? [
          'The recovery key has not been shown yet. Show it once and keep it safe: trustkeep secrets recovery-key',
        ]
      : []),
  ];
}

/** What to do about a key that is not at hand. A passphrase is no use to an agent that ends with the command. */
function remedy({ state, kind }: KeychainState): string[] {
  const recover = 'With the recovery key: trustkeep secrets recover --recovery_key-prompt';
  switch (state) {
    case 'ready':
    case 'opening':
      return [];
    case 'not-chosen':
      return [
        'Choose: trustkeep secrets choose key-file',
        '    or: trustkeep secrets choose passphrase --passphrase-prompt',
      ];
    case 'locked':
      return kind === 'passphrase'
        ? ['While an agent runs: trustkeep secrets unlock --passphrase-prompt']
        : ['When it is unlocked: trustkeep secrets unlock'];
    case 'unavailable':
      return ['When it is back: trustkeep secrets unlock', recover];
    case 'missing':
    case 'wrong':
      return kind === null ? [] : ['When it is back: trustkeep secrets unlock', recover];
    default:
      return state satisfies never;
  }
}

export function rotatedPage({
  resealed,
  damaged = [],
  ...keychain
}: KeychainState & { resealed: number; damaged?: string[] }): string[] {
  const many = resealed === 1 ? '1 secret was' : `${resealed} secrets were`;
  return [
    `The master key was replaced, and ${many} encrypted again. The previous recovery key no longer works.`,
    ...damaged.map((one) => `Already damaged, and left unchanged: ${one}`),
    ...keychainPage(keychain),
  ];
}

export function recoveryPage({ recoveryKey }: { recoveryKey: string }): string[] {
  return [
    recoveryKey,
    '',
    'Save it, and keep it away from this machine. It is not shown again, and without the keychain it is',
    'the only way to open the secrets stored here.',
  ];
}

export function foundTable(found: readonly Found[], paper: Paper): string[] {
  if (found.length === 0) return ['Nothing has all of these words in its names.'];
  return table(
    found,
    [
      { head: 'kind', value: ({ kind }) => kind },
      { head: 'name', value: ({ name }) => name, whole: true },
      { head: 'id', value: ({ id }) => id, whole: true },
    ],
    paper,
  );
}

export function authorityTable(authorities: readonly Authority[], paper: Paper): string[] {
  return table(
    authorities,
    [
      { head: 'name', value: ({ name }) => name, whole: true },
      { head: 'kind', value: ({ kind }) => kind },
      { head: 'default', value: ({ isDefault }) => (isDefault ? 'yes' : '') },
      { head: 'where', value: ({ settings }) => whereOf(settings) },
      { head: 'id', value: ({ id }) => id, whole: true },
    ],
    paper,
  );
}

function whereOf(settings: AuthoritySettings): string {
  const { place, reached } = authorityDefinition(settings);
  return reached(settings) === null ? `this agent (${place(settings)})` : place(settings);
}

export function authorityPage(authority: Authority): string[] {
  const facts = authorityDefinition(authority).facts(authority.settings);
  return pairs([
    ['Name', authority.name],
    ['ID', authority.id],
    ['Kind', authority.kind],
    ['Default', authority.isDefault ? 'yes' : 'no'],
    ...facts.map(({ label, value, none }) => [label, value ?? none] as const),
  ]);
}

export function accountPage(account: AuthorityAccount): string[] {
  const { url, status, contact, thumbprint, eabKeyId } = account;
  return pairs([
    ['Account', url],
    ['State', status ?? 'not shown by the CA'],
    [
      'Contact',
      contact === null ? 'not shown by the CA' : contact.length === 0 ? 'none' : contact.join(', '),
    ],
    ['Key', thumbprint],
    ['EAB key ID', eabKeyId ?? 'none'],
  ]);
}

export function importedPage({ account, client, keyFile }: ImportedAccount): string[] {
  return [
    `The account was imported from ${keyFile}. No file of ${client} was changed, and ${client} can still use the account.`,
    ...accountPage(account),
  ];
}

export function authorityTestPage(
  { ok, checks, profiles }: { ok: boolean; checks: StoredCheck[]; profiles: Record<string, string> },
  paper: Paper,
): string[] {
  const listed = Object.entries(profiles).map(([name, text]) => `  ${name}: ${text}`);
  return [
    ok ? 'Every check passed. Nothing was ordered.' : 'Not every check passed. Nothing was ordered.',
    ...checkLines(checks, paper),
    ...(listed.length === 0 ? [] : ['Certificate profiles:', ...listed]),
  ];
}

export function auditTable(entries: readonly AuditEntry[], paper: Paper): string[] {
  if (entries.length === 0) return ['The audit log is empty.'];
  return table(
    entries,
    [
      { head: 'number', value: ({ number }) => String(number), right: true, whole: true },
      { head: 'at', value: ({ at }) => `${new Date(at).toISOString().slice(0, 19)}Z`, whole: true },
      { head: 'by', value: ({ origin, actor }) => (actor === null ? origin : `${actor} (${origin})`) },
      { head: 'action', value: ({ action }) => action },
      { head: 'outcome', value: ({ outcome }) => outcome },
      { head: 'what', value: ({ sentence }) => sentence },
    ],
    paper,
  );
}

export function verdictPage({ ok, entries, firstBad, head }: AuditVerdict): string[] {
  if (ok) return [`The audit chain is intact: ${entries} entries. Head: ${head}`];
  return [
    `The audit chain is broken at entry ${firstBad?.number ?? '?'}: ${firstBad?.sentence ?? ''}`,
    `The last good entry has the hash ${head}`,
  ];
}
