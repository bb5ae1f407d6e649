import { Failure } from '#shared/failure.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { Material } from '../../providers/endpoints/endpoint.ts';
import { canonicalJson } from '../plans/canonical.ts';
import { sealedKey } from './make-key.ts';
import { notOurs } from './not-ours.ts';
import { orderedFrom } from './ordered-from.ts';
import { certificateSeal } from './seal-issued.ts';
import { seals } from './seal-yes.ts';
import { sealedHere } from './sealed-here.ts';
import { awaitCertificateOutput, makeKeyOutput, planOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

/**
 * The new certificate of this task, as it was collected from the authority. Throws `certificate.lost`,
 * `approval.other-certificate` when the database has another leaf or chain by now, and `keychain.*` while that cannot be told.
 */
export function newCertificate(context: StepContext): Certificate {
  const { fingerprint } = context.output('await-certificate', awaitCertificateOutput);
  const certificate = context.tools.database.certificates.get(fingerprint);
  if (certificate === null) throw new Failure('certificate.lost', 'The new certificate no longer exists.');
  if (isAsCollected(context, certificate)) return certificate;
  const { plan } = context.output('plan', planOutput);
  const sentence = `The stored certificate or chain is not the one that was collected from ${orderedFrom(context).name}.`;
  throw notOurs(plan, 'approval.other-certificate', sentence);
}

function isAsCollected(context: StepContext, certificate: Certificate): boolean {
  const { task, tools } = context;
  const { database } = tools;
  const { fingerprint, chainPem } = certificate;
  return sealedHere(context, `certificate ${canonicalJson({ fingerprint, chainPem })}`, () => {
    if (certificateSeal.has(database, task.id)) return certificateSeal.isOf(database, task.id, certificate);
    // a yes of an earlier version knows nothing of certificates
    const approval = database.approvals.ofTask(task.id);
    return approval !== null && !seals(database, approval, 'certificate');
  });
}

/** Chain and key as an adapter takes them. A key made in the agent is unsealed here: wipe it after use. */
export function material(context: StepContext): Material {
  const key = context.output('make-key', makeKeyOutput);
  return {
    chainPem: newCertificate(context).chainPem,
    key:
      key.where === 'endpoint' && key.path !== null
        ? { where: 'endpoint', path: key.path }
        : { where: 'agent', pem: sealedKey(context) },
  };
}

export function wipe(used: Material): void {
  if (used.key.where === 'agent') used.key.pem.wipe();
}
