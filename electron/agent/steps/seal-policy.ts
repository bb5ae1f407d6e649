import type { Plan } from '#shared/model/plan.ts';
import { taskSeal } from './task-seal.ts';

/**
 * That the policy approved a plan when it was made, so that a plan a person was asked about is never approved by a policy that
 * was switched on since.
 */
export const policySeal = taskSeal(
  'policy',
  ({ fingerprint }: Plan, taskId) => `${taskId} ${fingerprint} by policy`,
);
