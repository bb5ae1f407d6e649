import { shellWord } from '#kit/shell-word.ts';
import type { CredentialView } from '#shared/contract/credentials.ts';
import { Failure, harmless } from '#shared/failure.ts';
import { type CredentialStore, isKeptHere, type StoreUser } from '#shared/model/credential-store.ts';
import { type StoredCredential, wipeCredential } from '../providers/credential-stores/credential-store.ts';
import type { CommandContext } from '../transport/context.ts';
import { findCredential } from './find.ts';
import type { CommandTools } from './tools.ts';

/** Masked. A local one is shown from its row, without opening a secret; a vault is asked now. */
export async function shownCredential(
  tools: CommandTools,
  store: CredentialStore,
  id: string,
): Promise<CredentialView> {
  const usedBy = usersOf(tools, store, id);
  if (isKeptHere(store)) {
    const { username, hasPassword, privateKey } = findCredential(tools.database, store, id);
    return {
      store: store.name,
      id,
      username,
      hasPassword,
      hasPrivateKey: privateKey !== null,
      hasPassphrase: privateKey?.hasPassphrase ?? false,
      keySentence: privateKey === null ? null : `${privateKey.type} ${privateKey.fingerprint}`,
      about: [],
      usedBy,
    };
  }
  const read = await tools.credentials.read(store.id, id, { fresh: true });
  try {
    return {
      store: store.name,
      id,
      username: shownName(read),
      hasPassword: read.password !== null,
      hasPrivateKey: read.privateKey !== null,
      hasPassphrase: read.passphrase !== null,
      keySentence: keySentence(tools, read, id),
      about: [
        ...read.about.map((one) => harmless(one, longestShown)),
        ...(read.changeInProcess ? ['a password change is in process'] : []),
      ],
      usedBy,
    };
  } finally {
    wipeCredential(read);
  }
}

/** For whoever sits at the command line of this machine, and never for a page. */
export async function revealedCredential(
  tools: CommandTools,
  store: CredentialStore,
  id: string,
  { caller, audit }: CommandContext,
) {
  if (caller.origin !== 'cli') {
    throw new Failure('credential.reveal-not-here', 'Secrets are shown on the command line only.', {
      hint: `Run: trustkeep credstore credentials reveal --storename ${shellWord(store.name)} --id ${shellWord(id)}`,
    });
  }
  if (isKeptHere(store)) findCredential(tools.database, store, id);
  const read = await tools.credentials.read(store.id, id, { fresh: true });
  try {
    const sentence = `The secrets of the credential "${id}" of the store "${store.name}" were shown.`;
    audit.note({ subject: store.id, sentence });
    return {
      username: withDomain(read),
      password: read.password?.text() ?? null,
      privateKey: read.privateKey?.text() ?? null,
      passphrase: read.passphrase?.text() ?? null,
    };
  } finally {
    wipeCredential(read);
  }
}

export function usersOf(tools: CommandTools, store: CredentialStore, id: string): StoreUser[] {
  return tools.database.credentialStores.usedBy(store.id).filter(({ credentialId }) => credentialId === id);
}

function withDomain({ username, domain }: StoredCredential): string | null {
  return username === null || domain === null ? username : `${domain}\\${username}`;
}

const longestShown = 1000;

/** As a vault calls it, and anybody may have written it there. */
function shownName(read: StoredCredential): string | null {
  const name = withDomain(read);
  return name === null ? null : harmless(name, longestShown);
}

function keySentence(tools: CommandTools, read: StoredCredential, id: string): string | null {
  if (read.privateKey === null) return null;
  try {
    const what = `the credential "${id}"`;
    const { type, fingerprint } = tools.privateKeyFacts(read.privateKey, read.passphrase, what);
    return `${type} ${fingerprint}`;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}
