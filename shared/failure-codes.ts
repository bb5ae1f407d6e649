import { agentCodes } from './failure-codes/agent.ts';
import { authoritiesCodes } from './failure-codes/authorities.ts';
import { certificatesCodes } from './failure-codes/certificates.ts';
import { channelsCodes } from './failure-codes/channels.ts';
import type { CodeFacts } from './failure-codes/code.ts';
import { databaseCodes } from './failure-codes/database.ts';
import { endpointsCodes } from './failure-codes/endpoints.ts';
import { hostsCodes } from './failure-codes/hosts.ts';
import { keyStoresCodes } from './failure-codes/key-stores.ts';
import { networkCodes } from './failure-codes/network.ts';
import { secretsCodes } from './failure-codes/secrets.ts';
import { serviceCodes } from './failure-codes/service.ts';
import { storesCodes } from './failure-codes/stores.ts';
import { updatesCodes } from './failure-codes/updates.ts';

/** Every code of the product, by the chapters of docs/failures.md. No code stands in two of them. */
export const failureChapters = {
  'Connections and files': hostsCodes,
  'Endpoints and installs': endpointsCodes,
  'Key stores': keyStoresCodes,
  'Authorities and orders': authoritiesCodes,
  'Credential stores': storesCodes,
  'Network and proxy': networkCodes,
  'Notification channels': channelsCodes,
  'Keychain and secrets': secretsCodes,
  'Database and backups': databaseCodes,
  'Certificates and keys': certificatesCodes,
  'Updates of Trustkeep': updatesCodes,
  'Agent, tasks and commands': agentCodes,
  'The service': serviceCodes,
} as const;

/** THE list: a code that is not in it does not compile. */
export const failureCodes = {
  ...hostsCodes,
  ...endpointsCodes,
  ...keyStoresCodes,
  ...authoritiesCodes,
  ...storesCodes,
  ...networkCodes,
  ...channelsCodes,
  ...secretsCodes,
  ...databaseCodes,
  ...certificatesCodes,
  ...updatesCodes,
  ...agentCodes,
  ...serviceCodes,
};

export type FailureCode = keyof typeof failureCodes;

const byCode: ReadonlyMap<string, CodeFacts> = new Map(Object.entries(failureCodes));

/** What earlier versions called a code: what they stored of it is read as what it is called now. */
const earlier: ReadonlyMap<string, FailureCode> = new Map([
  ['target.drifted', 'endpoint.drifted'],
  ['key.not-on-target', 'key.not-on-endpoint'],
]);

/** The code by which it is known now. */
export function currentCode(code: string): string {
  return earlier.get(code) ?? code;
}

/** What the list says; undefined for what another version of the program knew and this one does not. */
export function factsOf(code: string): CodeFacts | undefined {
  return byCode.get(code);
}
