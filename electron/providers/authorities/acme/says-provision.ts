import type { Provision } from './handle.ts';
import { fileOf, recordOf } from './key-authorization.ts';

/** What was put up, with its place, for people. */
export function saysProvision({ by, name, keyAuthorization }: Provision): string {
  switch (by) {
    case 'web-root':
      return `the challenge file ${fileOf(keyAuthorization).path} for ${name}`;
    case 'dns-script': {
      const { record, value } = recordOf(name, keyAuthorization);
      return `the TXT record ${record} with the value ${value}`;
    }
    default:
      return `the answer to the challenge for ${name} on this machine`;
  }
}
