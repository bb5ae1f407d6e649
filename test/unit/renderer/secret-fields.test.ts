import { describe, expect, it } from 'vitest';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import type { Endpoint } from '#shared/model/endpoint.ts';
import {
  changedInput,
  type FormValues,
  readForm,
  startValues,
} from '../../../renderer/parts/descriptor-form/values.ts';
import {
  clearableSecrets,
  fieldsWithSecrets,
  isKeptSecret,
  secretValues,
} from '../../../renderer/screens/endpoints/secret-fields.ts';

const { fields } = endpointCatalog.jks;
const inVault = { from: 'credential-store', store: 'cs_1', credentialId: 'jks' } as const;
const settings = (secrets: unknown) => ({ type: 'jks', secrets }) as Endpoint['settings'];
const typed: FormValues = { ...startValues(fields), name: 'shop', path: '/x.jks' };
const namesOf = (values: FormValues, before: Endpoint['settings'] | null = null) =>
  fieldsWithSecrets(fields, values, before).map(({ name }) => name);

describe('the secrets of a form', () => {
  it('are typed, or a credential of a store is named instead', () => {
    expect(namesOf(typed)).toContain('store_password');
    expect(namesOf(typed)).not.toContain('store_password_cred_id');
    const stored = { ...typed, store_password_store: 'vault' };
    expect(namesOf(stored)).not.toContain('store_password');
    expect(namesOf(stored)).toContain('store_password_cred_id');
  });

  it('are demanded where the endpoint cannot do without, unless they are kept', () => {
    const problems = (values: FormValues, before: Endpoint['settings'] | null = null) =>
      Object.keys(readForm(fieldsWithSecrets(fields, values, before), values).problems);
    expect(problems(typed)).toEqual(['store_password']);
    expect(problems({ ...typed, store_password_store: 'vault' })).toEqual(['store_password_cred_id']);
    expect(problems(typed, settings({ store_password: { from: 'endpoint' } }))).toEqual([]);
  });

  it('start with the names of stores, and never with what is kept', () => {
    const nameOf = (id: string) => (id === 'cs_1' ? 'vault' : null);
    const known = secretValues(
      settings({ store_password: inVault, key_password: { from: 'endpoint' } }),
      nameOf,
    );
    expect(known).toEqual({ store_password_store: 'vault', store_password_cred_id: 'jks' });
  });

  it('that are kept may be removed only where they are not needed', () => {
    const both = settings({ store_password: { from: 'endpoint' }, key_password: { from: 'endpoint' } });
    expect(clearableSecrets(fields, both)).toEqual(['key_password']);
    const [first] = fields.filter(({ name }) => name === 'store_password');
    expect(first !== undefined && isKeptSecret(first, both)).toBe(true);
    expect(first !== undefined && isKeptSecret(first, null)).toBe(false);
  });

  it('move out of a store with one change that names both', () => {
    const before = settings({ store_password: inVault, key_password: null });
    const start = { ...typed, ...secretValues(before, () => 'vault') };
    const after = { ...start, store_password_store: '', store_password: 'x' };
    const { changes } = changedInput(fieldsWithSecrets(fields, after, before), start, after);
    expect(changes).toEqual({ store_password_store: null, store_password: 'x' });
  });
});
