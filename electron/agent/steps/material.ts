import { Failure } from '#shared/failure.ts';
import type { Certificate } from '#shared/model/certificate.ts';
import type { Material } from '../../providers/endpoints/endpoint.ts';
import { sealedKey } from './make-key.ts';
import { awaitCertificateOutput, makeKeyOutput } from './shapes.ts';
import type { StepContext } from './step.ts';

/** The new certificate of this task. */
export function newCertificate(context: StepContext): Certificate {
  const { fingerprint } = context.output('await-certificate', awaitCertificateOutput);
  const certificate = context.tools.database.certificates.get(fingerprint);
  if (certificate !== null) return certificate;
  throw new Failure('certificate.lost', 'The new certificate no longer exists.');
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
