import { shellWord } from '#kit/shell-word.ts';
import type { CredentialRow, CredentialView } from '#shared/contract/credentials.ts';
import { type Paper, pairs, table } from '../table.ts';
import { namesOf, userLines } from './credential-stores.ts';

/** Stands for what is kept; as long for every secret. */
function masked(has: boolean, { unicode }: Paper): string {
  return has ? (unicode ? '••••' : '****') : '';
}

export function credentialTable(
  { items, total, more }: { items: CredentialRow[]; total: number; more: boolean },
  paper: Paper,
): string[] {
  if (total === 0) return ['There are no credentials. Add one: trustkeep credstore credentials add'];
  return [
    ...table(
      items,
      [
        { head: 'id', value: ({ id }) => id, whole: true },
        { head: 'user name', value: ({ username }) => username ?? '-' },
        { head: 'password', value: ({ hasPassword }) => masked(hasPassword, paper) },
        { head: 'private key', value: ({ privateKey }) => privateKey?.type ?? '' },
        { head: 'fingerprint', value: ({ privateKey }) => privateKey?.fingerprint ?? '' },
        { head: 'passphrase', value: ({ privateKey }) => masked(privateKey?.hasPassphrase === true, paper) },
        { head: 'used by', value: ({ usedBy }) => namesOf(usedBy, '-') },
      ],
      paper,
    ),
    ...(more ? [`${items.length} of ${total}. More: --after ${shellWord(items.at(-1)?.id ?? '')}`] : []),
  ];
}

export function credentialPage(view: CredentialView, paper: Paper): string[] {
  const key = view.hasPrivateKey ? (view.keySentence ?? masked(true, paper)) : null;
  return [
    ...pairs([
      ['Store', view.store],
      ['ID', view.id],
      ['User name', view.username ?? '-'],
      ['Password', masked(view.hasPassword, paper) || 'none'],
      ['Private key', key ?? 'none'],
      ['Passphrase', view.hasPassphrase ? masked(true, paper) : null],
      ['About', view.about.join('; ') || null],
      ['Used by', view.usedBy.length === 0 ? 'nobody' : null],
    ]),
    ...userLines(view.usedBy),
  ];
}

export function changedCredentialLine(word: 'added' | 'changed'): (row: CredentialRow) => string[] {
  return ({ id, privateKey }) => [
    `Credential ${id} was ${word}.`,
    ...(privateKey === null ? [] : [`Private key: ${privateKey.type} ${privateKey.fingerprint}`]),
  ];
}

/** As they are: spaces at an end belong to a password. */
export function revealedPage(revealed: {
  username: string | null;
  password: string | null;
  privateKey: string | null;
  passphrase: string | null;
}): string[] {
  const { username, password, privateKey, passphrase } = revealed;
  const line = (name: string, value: string | null) => (value === null ? [] : [`${name.padEnd(12)}${value}`]);
  return [
    ...line('User name', username),
    ...line('Password', password),
    ...line('Passphrase', passphrase),
    ...(privateKey === null ? [] : ['Private key', ...privateKey.trimEnd().split(/\r?\n/)]),
  ];
}
