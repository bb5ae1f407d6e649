import { credentialField, secretsAmong, sourcesOf, storeField } from '#shared/catalog/endpoints/secrets.ts';
import type { Field } from '#shared/catalog/field.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import type { FormValues } from '../../parts/descriptor-form/values.ts';

/** Whether the form of an endpoint stands for a secret that is sealed with it and not shown. */
export function isKeptSecret({ name }: Field, settings: Endpoint['settings'] | null): boolean {
  return settings !== null && sourcesOf(settings)[name]?.from === 'endpoint';
}

/**
 * The questions about the secrets of an endpoint as they follow from each other: it is typed, or read from a credential store.
 * Null: a new endpoint.
 */
export function fieldsWithSecrets(
  fields: readonly Field[],
  values: FormValues,
  settings: Endpoint['settings'] | null,
): Field[] {
  const secrets = secretsAmong(fields).map(({ name }) => name);
  const chosen = (name: string): boolean => String(values[storeField(name)] ?? '') !== '';
  return fields.flatMap((field): Field[] => {
    if (secrets.includes(field.name)) {
      const required = field.unless !== undefined && !isKeptSecret(field, settings);
      return chosen(field.name) ? [] : [{ ...field, required }];
    }
    const secret = secrets.find((name) => credentialField(name) === field.name);
    if (secret === undefined) return [field];
    return chosen(secret) ? [{ ...field, required: true }] : [];
  });
}

/** The secrets that may be removed: sealed, and not needed. */
export function clearableSecrets(fields: readonly Field[], settings: Endpoint['settings']): string[] {
  return secretsAmong(fields)
    .filter((field) => field.unless === undefined && isKeptSecret(field, settings))
    .map(({ name }) => name);
}

/** What the form starts with: stores by their names. */
export function secretValues(
  settings: Endpoint['settings'],
  nameOf: (store: string) => string | null,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(sourcesOf(settings)).flatMap(([name, source]) =>
      source?.from === 'credential-store'
        ? [
            [storeField(name), nameOf(source.store) ?? ''],
            [credentialField(name), source.credentialId],
          ]
        : [],
    ),
  );
}
