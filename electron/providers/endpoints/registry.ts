import { Failure } from '#shared/failure.ts';
import type { EndpointSettings, EndpointType } from '#shared/model/endpoint.ts';
import { answersRequests, type Connection } from '../connections/connection.ts';
import { apache } from './apache/provider.ts';
import type { EndpointTools } from './common/tools.ts';
import type { Endpoint, EndpointProvider, RequestEndpointProvider } from './endpoint.ts';
import { f5 } from './f5/provider.ts';
import { jks } from './jks/provider.ts';
import { nginx } from './nginx/provider.ts';
import { p12 } from './p12/provider.ts';
import { pem } from './pem/provider.ts';
import { tomcat } from './tomcat/provider.ts';

type SettingsOf<T extends EndpointType> = Extract<EndpointSettings, { type: T }>;

/** The agent's side of every type in the catalog. */
const providers: {
  [T in EndpointType]: EndpointProvider<SettingsOf<T>> | RequestEndpointProvider<SettingsOf<T>>;
} = {
  nginx,
  pem,
  apache,
  tomcat,
  p12,
  jks,
  f5,
};

function providerOf(
  type: EndpointType,
): EndpointProvider<EndpointSettings> | RequestEndpointProvider<EndpointSettings> {
  return providers[type];
}

/** The adapter of an endpoint type over a connection, which stays the caller's to close. */
export function makeEndpoint(
  settings: EndpointSettings,
  connection: Connection,
  tools: EndpointTools,
): Endpoint {
  const provider = providerOf(settings.type);
  if (answersRequests(connection)) {
    if ('over' in provider) return provider.over(settings, connection, tools);
  } else if ('make' in provider) return provider.make(settings, connection, tools);
  throw new Failure(
    'internal',
    `An endpoint of the type ${settings.type} cannot be reached over ${connection.description}.`,
  );
}
