import type { EndpointSettings, EndpointType } from '#shared/model/endpoint.ts';
import type { HostConnection } from '../connections/connection.ts';
import { apache } from './apache/provider.ts';
import type { EndpointTools } from './common/tools.ts';
import type { Endpoint, EndpointProvider } from './endpoint.ts';
import { jks } from './jks/provider.ts';
import { nginx } from './nginx/provider.ts';
import { p12 } from './p12/provider.ts';
import { pem } from './pem/provider.ts';
import { tomcat } from './tomcat/provider.ts';

type SettingsOf<T extends EndpointType> = Extract<EndpointSettings, { type: T }>;

/** The agent's side of every type in the catalog. */
const providers: { [T in EndpointType]: EndpointProvider<SettingsOf<T>> } = {
  nginx,
  pem,
  apache,
  tomcat,
  p12,
  jks,
};

function providerOf(type: EndpointType): EndpointProvider<EndpointSettings> {
  return providers[type];
}

/** The adapter of an endpoint type over a connection, which stays the caller's to close. */
export function makeEndpoint(
  settings: EndpointSettings,
  connection: HostConnection,
  tools: EndpointTools,
): Endpoint {
  return providerOf(settings.type).make(settings, connection, tools);
}
