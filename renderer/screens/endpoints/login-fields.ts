import { type LoginWay, loginFields, loginWays } from '#shared/catalog/connections/login.ts';
import type { Field } from '#shared/catalog/field.ts';
import { told } from '#shared/model/connection.ts';
import type { CredentialStoreKind } from '#shared/model/credential-store.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { FormValues, InputValue } from '../../parts/descriptor-form/values.ts';
import { en } from '../../text/en.ts';
import { idForm } from '../credentials/credential-text.ts';

/** How to log in: a question of the form only; what follows from it are the flags of the catalog. */
export const loginChoice = 'log_in_with';

/** The questions about the login by the name of their field. */
const asked = new Map(loginFields.map((one) => [one.field.name, one]));

interface LoginKnown {
  /** How the endpoint logs in until now; null: a new one. */
  before: LoginWay | null;
  /** What the chosen connection can do, the usual way first. */
  ways: readonly LoginWay[];
  /** Kind of the chosen credential store; null: none is chosen. */
  storeKind: CredentialStoreKind | null;
}

/** The questions of an endpoint type with the choice of how to log in, each way asking only for what belongs to it. */
export function fieldsWithLogin(fields: readonly Field[], way: LoginWay, known: LoginKnown): Field[] {
  const ofStore = (field: Field): boolean => asked.get(field.name)?.way === 'credential-store';
  const drawn = (field: Field): Field => loginField(field, way, known);
  return fields
    .filter((field) => !ofStore(field))
    .flatMap((field) =>
      field.name === 'user' && field.when !== undefined
        ? [choiceField(field.when, way, known.ways), ...fields.filter(ofStore).map(drawn), drawn(field)]
        : [drawn(field)],
    );
}

function loginField(field: Field, way: LoginWay, known: LoginKnown): Field {
  if (field.name === 'user')
    return way === 'credential-store'
      ? { ...field, help: en.endpoints.userFromStore }
      : { ...field, required: true };
  const of = asked.get(field.name);
  if (of === undefined) return field;
  return {
    ...field,
    ...(field.name === 'store_cred_id' ? { help: idForm(known.storeKind) } : {}),
    ...(field.name === 'store' ? { help: en.endpoints.storeHelp } : {}),
    when: { field: loginChoice, is: [of.way] },
    advanced: false,
    // the login that is kept need not be typed again
    required: of.needed && (known.before !== way || of.way === 'credential-store'),
  };
}

function choiceField(when: NonNullable<Field['when']>, way: LoginWay, ways: readonly LoginWay[]): Field {
  return {
    name: loginChoice,
    label: en.endpoints.logInWith,
    help: way === 'credential-store' ? en.endpoints.logInHelp : '',
    kind: 'choice',
    choices: ways,
    default: ways[0] ?? '',
    when,
  };
}

export function wayOf(values: FormValues): LoginWay {
  return loginWays.find((way) => way === values[loginChoice]) ?? 'password';
}

export function wayBefore({ connection }: Pick<Endpoint, 'connection'>): LoginWay | null {
  return told(connection).login?.way ?? null;
}

/** Whether the form of an endpoint stands for something sealed that it does not show. */
export function isKeptLogin(field: Field, before: LoginWay | null): boolean {
  return before !== null && before !== 'credential-store' && asked.get(field.name)?.way === before;
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
