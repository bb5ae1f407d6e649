import type { ColdStart } from '#shared/model/plan.ts';
import type { PairReport } from './pairs.ts';

/**
 * What a plan says of a start from nothing. It is never proved: Apache has no test that loads certificates and keys as a start
 * does, and each of its modules may stop a start for reasons of its own.
 */
export function coldStart({ count, encrypted }: PairReport): ColdStart {
  const read =
    count === null
      ? 'there is no openssl on the endpoint to read certificates and keys with'
      : count === 0
        ? 'of the certificates and keys, those that changed since Apache was started were read'
        : `${count} pair${count === 1 ? '' : 's'} of certificate and key ${count === 1 ? 'was' : 'were'} read with openssl`;
  const phrase =
    encrypted.length === 0
      ? ''
      : ` A start asks for the pass phrase of ${encrypted.slice(0, 3).join(', ')}${encrypted.length > 3 ? ' and others' : ''}.`;
  return {
    proved: false,
    sentence: `Not proved: apachectl -t accepted the present configuration, but loads no certificate and no key; ${read}.${phrase} After the install both are checked again, before Apache loads the new files. If one reports an error, everything is restored.`,
  };
}
