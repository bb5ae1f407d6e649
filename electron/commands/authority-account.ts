import { implement } from '@orpc/server';
import { shellWord } from '#kit/shell-word.ts';
import { checkAbsolute } from '#shared/catalog/flat.ts';
import { contract } from '#shared/contract/index.ts';
import { Failure } from '#shared/failure.ts';
import type { Authority, AuthorityAccount } from '#shared/model/authority.ts';
import type { CommandContext } from '../transport/context.ts';
import { findAuthority } from './find.ts';
import type { CommandTools } from './tools.ts';

/** What is done with the account at the CA of an authority. */
export function accountCommands(tools: CommandTools) {
  const os = implement(contract.authorities).$context<CommandContext>();
  const { database, authorities } = tools;
  const of = (name: string) => {
    const row = findAuthority(database, name);
    return { row, account: authorities.account(row.id) };
  };
  return {
    accountShow: os.accountShow.handler(async ({ input }) => ({
      account: await of(input.authority).account.look(),
    })),
    accountUpdate: os.accountUpdate.handler(async ({ input, context }) => {
      const { row, account } = of(input.authority);
      const seen = await account.sendContact();
      note(context, row, `The CA of "${row.name}" accepted the contact of the account ${seen.url}.`);
      return seen;
    }),
    accountRollKey: os.accountRollKey.handler(async ({ input, context }) => {
      const { row, account } = of(input.authority);
      const seen = mustBeThere(row, await account.rollKey());
      note(context, row, `The CA of "${row.name}" accepted a new key for the account ${seen.url}.`);
      return seen;
    }),
    accountDeactivate: os.accountDeactivate.handler(async ({ input, context }) => {
      const { row, account } = of(input.authority);
      mustBeMeant(row, await account.look(), input.account, deactivating);
      const seen = await account.deactivate();
      note(context, row, `The account ${seen.url} of "${row.name}" was deactivated at the CA.`);
      return seen;
    }),
    accountRegister: os.accountRegister.handler(async ({ input, context }) => {
      const { row, account } = of(input.authority);
      mustBeMeant(row, await account.accepted(), input.account, replacing);
      const seen = mustBeThere(row, await account.register());
      note(context, row, `The CA of "${row.name}" registered the account ${seen.url}.`);
      return seen;
    }),
    accountImport: os.accountImport.handler(async ({ input, context }) => {
      const { row, account } = of(input.authority);
      checkAbsolute('Path', input.path);
      const imported = await account.importFrom(input.path);
      const { client, keyFile } = imported;
      note(
        context,
        row,
        `The account ${imported.account.url} of ${client} was imported for "${row.name}", with the key in ${keyFile}.`,
      );
      return imported;
    }),
  };
}

function note({ audit }: CommandContext, { id }: Authority, sentence: string): void {
  audit.note({ subject: id, sentence });
}

/** What ends an account, in words. */
interface Ending {
  would: (account: string) => string;
  not: string;
  command: string;
}

const deactivating: Ending = {
  would: (account) => `This would deactivate the account ${account}. It cannot be undone`,
  not: 'Nothing was deactivated',
  command: 'deactivate',
};

const replacing: Ending = {
  would: (account) =>
    `This would replace the account ${account} with a new one, and its key would be lost. Authorizations of names and certificates stay with the old one`,
  not: 'Nothing was registered',
  command: 'register',
};

/** Throws `authority.account-not-confirmed`, which says what would become of the account. */
function mustBeMeant(
  { name }: Authority,
  seen: AuthorityAccount | null,
  meant: string | undefined,
  { would, not, command }: Ending,
): void {
  if (seen === null || seen.url === meant) return;
  throw new Failure(
    'authority.account-not-confirmed',
    meant === undefined
      ? `${would(`${seen.url} of "${name}"`)}; nothing has been done yet.`
      : `The account of "${name}" is ${seen.url}, not ${meant}. ${not}.`,
    {
      hint: `If this is the account you mean: trustkeep authorities account ${command} ${shellWord(name)} --account ${shellWord(seen.url)}`,
    },
  );
}

/** The CA accepted it a moment ago, and has not got it now: a replica of it may be behind. */
function mustBeThere({ name }: Authority, seen: AuthorityAccount | null): AuthorityAccount {
  if (seen !== null) return seen;
  throw new Failure(
    'authority.account-not-shown',
    `The CA of "${name}" accepted the change of the account, but does not show the account yet.`,
    { hint: `See what it has a little later: trustkeep authorities account show ${name}` },
  );
}
