import { Failure } from '#shared/failure.ts';
import { keyTypes } from '#shared/model/certificate.ts';
import { readCsr } from '../../../pki/csr.ts';
import { readPermittedNames } from '../../../pki/extensions.ts';
import { normalizeNames } from '../../../pki/names.ts';
import { parseX509 } from '../../../pki/x509.ts';
import type { OrderRequest } from '../authority.ts';
import { isPermitted } from './permitted.ts';
import type { Root } from './root.ts';

/** What a certificate may be issued for. */
export interface Accepted {
  /** Normalized. */
  names: string[];
  spki: Buffer;
}

/** What to issue, or why the order is refused. */
export function examine(request: OrderRequest, root: Root): Accepted | Failure {
  try {
    const csr = readCsr(request.csr);
    const names = normalizeNames(csr.names);
    checkKey(csr.keyType);
    checkAsked(names, normalizeNames(request.names));
    checkPermitted(names, root);
    checkProfile(request.terms.profile);
    return { names, spki: csr.spki };
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
}

function refusal(because: string, hint: string): Failure {
  return new Failure('authority.refused', `The local authority refuses the order: ${because}.`, { hint });
}

function checkKey(keyType: string): void {
  if (keyTypes.some((known) => known === keyType)) return;
  throw refusal(
    `it issues no certificates for keys of type ${keyType}`,
    `Use one of: ${keyTypes.join(', ')}.`,
  );
}

function checkAsked(inCsr: readonly string[], ordered: readonly string[]): void {
  const differ = inCsr.length !== ordered.length || !ordered.every((name) => inCsr.includes(name));
  if (!differ) return;
  throw refusal(
    `the CSR is for ${inCsr.join(', ')}, but ${ordered.join(', ')} was ordered`,
    'Request the certificate again, so that a new CSR is made.',
  );
}

/** The root decides, not the settings: its name constraints are what clients go by. */
function checkPermitted(names: readonly string[], root: Root): void {
  const subtrees = readPermittedNames(parseX509(root.pem).extensions);
  if (subtrees === null) return;
  const outside = names.filter((name) => !isPermitted(name, subtrees));
  if (outside.length === 0) return;
  throw refusal(
    `its root permits only names at and below ${subtrees.join(', ')}, not ${outside.join(', ')}`,
    'Remove these names, or use another authority.',
  );
}

function checkProfile(profile: string | null): void {
  if (profile === null) return;
  throw refusal(`it has no certificate profiles, and "${profile}" was asked for`, 'Remove the profile.');
}
