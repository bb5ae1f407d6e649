import type { Mutation } from '../mutation.ts';
import { auditMutations } from './audit.ts';
import { policyMutations } from './policies.ts';

export const mutations: readonly Mutation[] = [...policyMutations, ...auditMutations];
