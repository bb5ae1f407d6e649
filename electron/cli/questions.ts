import { credentialStoreCatalog } from '#shared/catalog/credential-stores/index.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import { connectionNamed } from '#shared/model/connection.ts';
import type { CliIo } from './io.ts';
import { isEncryptedKey } from './key-text.ts';
import { usage } from './usage.ts';

type Values = Record<string, unknown>;

/** A secret worth asking a person for when it was not given, and when. */
interface Question {
  field: string;
  /** Null: not now. */
  ask(values: Values, io: CliIo): string | null | Promise<string | null>;
  /** Nobody can tell later what was mistyped. */
  twice?: true;
}

function when(asked: boolean, question: string): string | null {
  return asked ? question : null;
}

/** The agent reads the key itself; here it is only looked at, and whatever is wrong with it is the agent's to say. */
async function encrypted(path: unknown, io: CliIo): Promise<boolean> {
  if (typeof path !== 'string') return false;
  const text = await io.readFile(io.resolvePath(path)).catch(() => '');
  return isEncryptedKey(text);
}

const keyPassphrase: Question = {
  field: 'passphrase',
  ask: async ({ privatekeypath }, io) =>
    when(await encrypted(privatekeypath, io), `Passphrase of ${privatekeypath}: `),
};

/** Those of the kind that is named, or of every kind when it is not: an update may leave it out. */
function storeQuestions(updating: boolean): Question[] {
  return Object.values(credentialStoreCatalog).flatMap(({ id, questions }) =>
    questions.map(({ field, ask }) => ({
      field,
      ask: (values: Values) =>
        values.kind === undefined || values.kind === id ? ask(values, updating) : null,
    })),
  );
}

/** Secrets that an endpoint of the type cannot do without, unless they are read from a credential store. */
function endpointSecrets(): Question[] {
  return Object.values(endpointCatalog).flatMap(({ id, fields }) =>
    fields.flatMap(({ name, label, unless }) =>
      unless === undefined
        ? []
        : [
            {
              field: name,
              ask: (values: Values) => when(values.type === id && values[unless] === undefined, `${label}: `),
            },
          ],
    ),
  );
}

/** Of a type that is reached in one way only, the way need not be named. */
function usualConnectionOf(type: unknown): unknown {
  const definition = Object.values(endpointCatalog).find(({ id }) => id === type);
  return definition?.fields.find(({ name }) => name === 'connection_type')?.default;
}

const questions: Record<string, readonly Question[]> = {
  'endpoints.add': [
    {
      field: 'password',
      ask: ({ type, connection_type, ssh_key_path, store, user, host }) =>
        when(
          connectionNamed(connection_type ?? usualConnectionOf(type))?.authenticates.includes('password') ===
            true &&
            ssh_key_path === undefined &&
            store === undefined,
          `Password of ${user}@${host}: `,
        ),
    },
    {
      field: 'ssh_key_password',
      ask: async ({ ssh_key_path }, io) =>
        when(await encrypted(ssh_key_path, io), `Passphrase of ${ssh_key_path}: `),
    },
    ...endpointSecrets(),
  ],
  'credentialStores.add': storeQuestions(false),
  'credentialStores.update': storeQuestions(true),
  'credentials.add': [
    {
      field: 'password',
      ask: ({ privatekeypath, username, id }) =>
        when(privatekeypath === undefined, `Password of ${username ?? id}: `),
    },
    keyPassphrase,
  ],
  'credentials.update': [keyPassphrase],
  'proxy.set': [
    {
      field: 'password',
      ask: ({ user }) => when(user !== undefined, `Password of the proxy user ${user}: `),
    },
  ],
  'backups.create': [
    {
      field: 'passphrase',
      ask: () => 'Passphrase for the backup (at least 12 characters): ',
      twice: true,
    },
  ],
  'backups.restore': [{ field: 'passphrase', ask: () => 'Passphrase of the backup: ' }],
  'secrets.choose': [
    {
      field: 'passphrase',
      ask: ({ kind }) => when(kind === 'passphrase', 'New passphrase (at least 12 characters): '),
      twice: true,
    },
  ],
  'secrets.unlock': [{ field: 'passphrase', ask: () => 'Passphrase (empty: try the keychain again): ' }],
  'secrets.recover': [{ field: 'recovery_key', ask: () => 'Recovery key: ' }],
};

/** Asks for the secrets that are missing; an empty answer leaves them so. */
export async function askMissing(
  path: string,
  values: Values,
  cleared: readonly string[],
  io: CliIo,
): Promise<void> {
  for (const { field, ask, twice } of questions[path] ?? []) {
    if (values[field] !== undefined || cleared.includes(field)) continue;
    const question = await ask(values, io);
    if (question === null) continue;
    const answer = await io.prompt(question);
    if (answer === '') continue;
    if (twice && (await io.prompt('Repeat: ')) !== answer) throw usage('The passphrases do not match.');
    values[field] = answer;
  }
}
