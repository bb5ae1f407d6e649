import { idsOf, settingsOf, table } from '../definition.ts';
import { apache } from './apache.ts';
import { f5 } from './f5.ts';
import { jks } from './jks.ts';
import { nginx } from './nginx.ts';
import { p12 } from './p12.ts';
import { pem } from './pem.ts';
import { tomcat } from './tomcat.ts';

/** Every endpoint type this build has an adapter for. */
export const endpointCatalog = table({
  nginx,
  pem,
  apache,
  tomcat,
  p12,
  jks,
  f5,
});

export const endpointType = idsOf(endpointCatalog);
export const endpointSettings = settingsOf('type', endpointCatalog);

/** What a person most likely adds. */
export const usualEndpoint = nginx;
