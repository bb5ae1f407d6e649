import { credentialDescriptor } from '#shared/catalog/credential-stores/credential.ts';
import type { Field } from '#shared/catalog/field.ts';
import type { CredentialRow, CredentialView } from '#shared/contract/credentials.ts';
import { type CredentialStoreKind, storeDefinition } from '#shared/model/credential-store.ts';
import { type CommandLine, commandLine } from '../../parts/command-line.ts';
import { en } from '../../text/en.ts';

/** How the id of a credential is written there. */
export function idForm(kind: CredentialStoreKind | null): string {
  return kind === null ? en.credentials.noStoreYet : storeDefinition({ kind }).idHelp;
}

/** What a credential holds, in one line, without its secrets. */
export function holdsText(row: Pick<CredentialRow, 'hasPassword' | 'privateKey'>): string {
  const { has } = en.credentials;
  return [
    ...(row.hasPassword ? [has.password] : []),
    ...(row.privateKey === null ? [] : [has.privateKey]),
  ].join(', ');
}

/** Of which kind its key is. */
export function keyText({ privateKey }: Pick<CredentialRow, 'privateKey'>): string | null {
  if (privateKey === null) return null;
  return privateKey.hasPassphrase ? `${privateKey.type}, ${en.credentials.has.passphrase}` : privateKey.type;
}

/** One sentence for the person who only wants to know that it is there. */
export function foundText(view: CredentialView): string {
  const words = en.credentials;
  const what = [
    ...(view.hasPassword ? [words.checkPassword] : []),
    ...(view.hasPrivateKey ? [view.keySentence ?? words.checkKey] : []),
  ];
  return words.checkFound(
    view.username ?? words.checkNoUser,
    what.length === 0 ? words.checkNothing : what.join(words.checkAnd),
  );
}

/** The command that prints the secrets, which no window does. */
export function revealLine(store: string, id: string): CommandLine {
  return commandLine('credstore credentials reveal', '', { storename: store, id });
}

/** The questions of the form: an id stays what it is. */
export function credentialFields(editing: boolean): Field[] {
  return credentialDescriptor.fields.filter((field) => !editing || field.name !== 'id');
}

/** Which fields of an edited credential have something kept behind them. */
export function keptFields(view: CredentialView): string[] {
  return [
    ...(view.hasPassword ? ['password'] : []),
    ...(view.hasPrivateKey ? ['privatekeypath'] : []),
    ...(view.hasPassphrase ? ['passphrase'] : []),
  ];
}
