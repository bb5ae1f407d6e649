import { z } from 'zod';
import type { Fact } from '../definition.ts';
import type { Field } from '../field.ts';
import { invalid } from '../flat.ts';

/**
 * Where a secret of an endpoint is: sealed with the endpoint, or read from a credential store (by its ID) at the moment of
 * use.
 */
export const secretSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('endpoint') }),
  z.object({ from: z.literal('credential-store'), store: z.string(), credentialId: z.string() }),
]);
export type SecretSource = z.infer<typeof secretSource>;

/** By the name of the field; null: there is none. Stored as `secrets` of the settings, so an approval is bound to it. */
export type SecretSources = Readonly<Record<string, SecretSource | null>>;

/** Fields that name where a secret is read from instead of being given. */
export const storeField = (secret: string): string => `${secret}_store`;
export const credentialField = (secret: string): string => `${secret}_cred_id`;

/**
 * A secret, and the two fields that have it read from a credential store instead. `needed`: one of the two ways must be
 * taken.
 */
export function secretFields(
  secret: Pick<Field, 'name' | 'label' | 'help'> & Partial<Field>,
  needed: boolean,
): Field[] {
  const { name, label } = secret;
  const what = label.toLowerCase();
  return [
    {
      ...{ kind: 'secret', max: 4096, ...secret },
      ...(needed ? { unless: storeField(name) } : {}),
    },
    {
      name: storeField(name),
      label: `Credential store (${what})`,
      help: `Name of the credential store to read the ${what} from each time it is used, instead of storing it.`,
      hint: `The credential store that the ${what} is read from each time it is used, instead of being stored here.`,
      kind: 'text',
      min: 1,
      max: 64,
      advanced: true,
    },
    {
      name: credentialField(name),
      label: `Credential ID (${what})`,
      help: `ID of the credential within that store; its password is the ${what}.`,
      hint: `ID of the credential in that store; its password is the ${what}.`,
      kind: 'text',
      min: 1,
      max: 4096,
      advanced: true,
    },
  ];
}

/** The fields of a type that are secrets of the endpoint itself; those of the login are the connection's. */
export function secretsAmong(fields: readonly Field[]): Field[] {
  return fields.filter(
    ({ kind, name }) => kind === 'secret' && fields.some((one) => one.name === storeField(name)),
  );
}

/** Where stored settings say that the secrets of the endpoint are. */
export function sourcesOf(settings: object): SecretSources {
  return 'secrets' in settings ? (settings.secrets as SecretSources) : {};
}

/** The credential stores, by ID, that settings have secrets read from. */
export function storesOf(settings: object): { store: string; credentialId: string }[] {
  return Object.values(sourcesOf(settings)).flatMap((source) =>
    source?.from === 'credential-store' ? [source] : [],
  );
}

/** What people are shown of the secrets: where each is, never what it is. `nameOf`: of a store; null: it no longer exists. */
export function secretFacts(
  fields: readonly Field[],
  settings: object,
  nameOf: (store: string) => string | null,
): Fact[] {
  const sources = sourcesOf(settings);
  return secretsAmong(fields).flatMap(({ name, label, none }): Fact[] => {
    const source = sources[name] ?? null;
    if (source === null && none === undefined) return [];
    const value = source === null ? null : sourceWords(source, nameOf);
    return [{ label, value, none: none ?? null, kind: 'words' }];
  });
}

function sourceWords(source: SecretSource, nameOf: (store: string) => string | null): string {
  if (source.from === 'endpoint') return 'stored encrypted with the endpoint';
  const name = nameOf(source.store);
  const store = name === null ? 'a credential store that no longer exists' : `credential store "${name}"`;
  return `credential "${source.credentialId}" of ${store}`;
}

/** Of one that the settings cannot do without. Throws `input.invalid`, as whoever reads the fields has before. */
export function neededSource(sources: SecretSources, name: string): SecretSource {
  const source = sources[name] ?? null;
  if (source === null) throw invalid(`The secret ${name} is required.`);
  return source;
}
