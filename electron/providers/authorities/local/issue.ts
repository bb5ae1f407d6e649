import { createHash } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import { keyFingerprint } from '../../../pki/fingerprint.ts';
import { issueLeaf } from '../../../pki/issue.ts';
import { toPem } from '../../../pki/pem.ts';
import { readCertificate } from '../../../pki/read-certificate.ts';
import type { OrderRequest } from '../authority.ts';
import type { Accepted } from './examine.ts';
import { type LocalOptions, type Root, rootKey } from './root.ts';

const longestDays = 825;

/** Chain PEM: the leaf alone, since the root signs it and is left out. Synchronous on purpose. */
export function issue(options: LocalOptions, request: OrderRequest, accepted: Accepted, root: Root): string {
  const now = options.clock.now();
  if (root.facts.notAfter <= now) throw expired(root);
  const der = issueLeaf({
    issuer: root.pem,
    key: rootKey(root, options.state),
    spki: accepted.spki,
    names: accepted.names,
    serial: serialOf(request.orderId, accepted.spki, root),
    now,
    days: Math.min(request.terms.days ?? options.settings.leafDays, longestDays),
  });
  const chainPem = toPem('CERTIFICATE', der);
  const { serial, notAfter } = readCertificate(chainPem);
  options.log.info('issued a certificate', {
    order: request.orderId,
    names: accepted.names,
    serial,
    notAfter,
  });
  return chainPem;
}

/**
 * The same order and key give the same serial: an agent killed before the handle was stored issues again, and the
 * certificate nobody has seen and the one in use do not count as two.
 */
function serialOf(orderId: string, spki: Buffer, root: Root): Buffer {
  const text = ['trustkeep serial', root.facts.fingerprint, orderId, keyFingerprint(spki)].join('\n');
  return createHash('sha256').update(text).digest().subarray(0, 16);
}

function expired(root: Root): Failure {
  const day = new Date(root.facts.notAfter).toISOString().slice(0, 10);
  return new Failure('authority.root-expired', `The root ${root.facts.subject} expired on ${day}.`, {
    hint: 'Add a new local authority and distribute its root.',
  });
}
