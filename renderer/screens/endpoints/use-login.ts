import { useQuery } from '@tanstack/react-query';
import type { LoginWay } from '#shared/catalog/connections/login.ts';
import { endpointCatalog } from '#shared/catalog/endpoints/index.ts';
import { connectionNamed } from '#shared/model/connection.ts';
import type { EndpointType } from '#shared/model/endpoint.ts';
import { useBridge } from '../../bridge/context.tsx';
import type { FormValues } from '../../parts/descriptor-form/values.ts';
import { loginControls } from './login-controls.tsx';
import { fieldsWithLogin, wayOf } from './login-fields.ts';

/** The questions of an endpoint's form, as they follow from how it logs in. */
export function useLogin(type: EndpointType, values: FormValues, before: LoginWay | null) {
  const { queries } = useBridge();
  const { data = [] } = useQuery(queries.credentialStores.list.queryOptions({ input: {} }));
  const store = data.find((one) => one.name === values.store) ?? null;
  const ways = connectionNamed(values.connection_type)?.authenticates ?? [];
  const known = { before, storeKind: store?.kind ?? null, ways };
  return {
    fields: fieldsWithLogin(endpointCatalog[type].fields, wayOf(values), known),
    controls: loginControls(data, store),
  };
}
