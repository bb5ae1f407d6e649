import { useQuery } from '@tanstack/react-query';
import type { LoginWay } from '#shared/catalog/connections/login.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import { credentialField, secretsAmong, storeField } from '#shared/catalog/endpoints/secrets.ts';
import { connectionNamed } from '#shared/model/connection.ts';
import type { Endpoint, EndpointType } from '#shared/model/endpoint.ts';
import { useBridge } from '../../bridge/context.tsx';
import type { DrawControl } from '../../parts/descriptor-form/field-input.tsx';
import type { FormValues } from '../../parts/descriptor-form/values.ts';
import { credentialControl, loginControls, storeControl } from './login-controls.tsx';
import { fieldsWithLogin, wayOf } from './login-fields.ts';
import { fieldsWithSecrets } from './secret-fields.ts';

/** What is known of a stored endpoint; null of a new one. */
interface Stored {
  /** How it logs in. */
  before: LoginWay | null;
  settings: Endpoint['settings'] | null;
}

/** The questions of an endpoint's form, as they follow from how it logs in and where its secrets are. */
export function useLogin(type: EndpointType, values: FormValues, { before, settings }: Stored) {
  const { queries } = useBridge();
  const { data = [] } = useQuery(queries.credentialStores.list.queryOptions({ input: {} }));
  const store = data.find((one) => one.name === values.store) ?? null;
  const ways = connectionNamed(values.connection_type)?.authenticates ?? [];
  const known = { before, storeKind: store?.kind ?? null, ways };
  const catalog = endpointCatalog[type].fields;
  const controls: Record<string, DrawControl> = { ...loginControls(data, store) };
  for (const { name } of secretsAmong(catalog)) {
    const chosen = data.find((one) => one.name === values[storeField(name)]) ?? null;
    controls[storeField(name)] = storeControl(data);
    controls[credentialField(name)] = credentialControl(chosen);
  }
  return {
    fields: fieldsWithSecrets(fieldsWithLogin(catalog, wayOf(values), known), values, settings),
    controls,
  };
}
