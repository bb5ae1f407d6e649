import type { Certificate } from '#shared/model/certificate.ts';
import type { Order } from '#shared/model/order.ts';
import type { Plan } from '#shared/model/plan.ts';
import { taskSeal } from './task-seal.ts';

/** How far the order is: where it is at the authority, and what was put up to prove control of its names. */
export const handleSeal = taskSeal('order', ({ id, handle }: Pick<Order, 'id' | 'handle'>) => ({
  id,
  handle,
}));

type Collected = Pick<Certificate, 'fingerprint' | 'chainPem'>;
/** What was collected from the authority. */
export const certificateSeal = taskSeal('certificate', ({ fingerprint, chainPem }: Collected) => ({
  ...{ fingerprint, chainPem },
}));

/** The plan with what its changes will hold, as it was when the certificate was checked. */
export const checkedSeal = taskSeal('checked', (plan: Plan) => plan);

/** Every seal between the order and the installation. */
export const issuedSeals = [handleSeal, certificateSeal, checkedSeal] as const;
