import type { Field } from '#shared/catalog/field.ts';
import type { CredentialStoreKind } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { FormValues, InputValue } from '../../parts/descriptor-form/values.ts';
import { en } from '../../text/en.ts';
import { idForm } from '../credentials/credential-text.ts';

/** How to log in: a question of the form only; what follows from it are the flags of the catalog. */
export const loginChoice = 'log_in_with';
export const loginWays = ['password', 'private-key', 'credential-store'] as const;
export type LoginWay = (typeof loginWays)[number];

/** Which flag belongs to which way. */
const belongs: Readonly<Record<string, LoginWay>> = {
  password: 'password',
  ssh_key_path: 'private-key',
  ssh_key_password: 'private-key',
  store: 'credential-store',
  store_cred_id: 'credential-store',
};
/** What each way cannot do without. */
const needed: readonly string[] = ['password', 'ssh_key_path', 'store', 'store_cred_id'];

interface LoginKnown {
  /** How the endpoint logs in until now; null: a new one. */
  before: LoginWay | null;
  /** Kind of the chosen credential store; null: none is chosen. */
  storeKind: CredentialStoreKind | null;
}

/** The questions of an endpoint type with the choice of how to log in, each way asking only for what belongs to it. */
export function loginFields(fields: readonly Field[], way: LoginWay, known: LoginKnown): Field[] {
  const ofStore = (field: Field): boolean => belongs[field.name] === 'credential-store';
  const drawn = (field: Field): Field => loginField(field, way, known);
  return fields
    .filter((field) => !ofStore(field))
    .flatMap((field) =>
      field.name === 'user' && field.when !== undefined
        ? [choiceField(field.when), ...fields.filter(ofStore).map(drawn), drawn(field)]
        : [drawn(field)],
    );
}

function loginField(field: Field, way: LoginWay, known: LoginKnown): Field {
  if (field.name === 'user')
    return way === 'credential-store'
      ? { ...field, help: en.endpoints.userFromStore }
      : { ...field, required: true };
  const of = belongs[field.name];
  if (of === undefined) return field;
  return {
    ...field,
    ...(field.name === 'store_cred_id' ? { help: idForm(known.storeKind) } : {}),
    ...(field.name === 'store' ? { help: en.endpoints.storeHelp } : {}),
    when: { field: loginChoice, is: [of] },
    advanced: false,
    // the login that is kept need not be typed again
    required: needed.includes(field.name) && (known.before !== way || of === 'credential-store'),
  };
}

function choiceField(when: NonNullable<Field['when']>): Field {
  return {
    name: loginChoice,
    label: en.endpoints.logInWith,
    help: en.endpoints.logInHelp,
    kind: 'choice',
    choices: loginWays,
    default: 'password',
    when,
  };
}

export function wayOf(values: FormValues): LoginWay {
  return loginWays.find((way) => way === values[loginChoice]) ?? 'password';
}

export function wayBefore({ connection }: Pick<Endpoint, 'connection'>): LoginWay | null {
  return connection.type === 'ssh' ? connection.auth : null;
}

/** Whether the form of an endpoint stands for something sealed that it does not show. */
export function isKeptLogin(field: Field, before: LoginWay | null): boolean {
  return field.name in belongs && before !== 'credential-store' && belongs[field.name] === before;
}

type Typed = Readonly<Record<string, InputValue | null>>;

/** What is sent: without the choice itself. */
export function withoutChoice<T extends Typed>(input: T): Omit<T, typeof loginChoice> {
  const { [loginChoice]: _choice, ...rest } = input;
  return rest;
}

/** What an edit sends: who leaves the credential store takes its name away. */
export function loginChanges(changes: Typed, before: LoginWay | null, way: LoginWay): Typed {
  const leaves = before === 'credential-store' && changes[loginChoice] !== undefined && way !== before;
  return { ...withoutChoice(changes), ...(leaves ? { store: null, store_cred_id: null } : {}) };
}
