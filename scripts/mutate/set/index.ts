import type { Mutation } from '../mutation.ts';
import { auditMutations } from './audit.ts';
import { fileMutations } from './files.ts';
import { policyMutations } from './policies.ts';
import { secretMutations } from './secrets.ts';

export const mutations: readonly Mutation[] = [
  ...policyMutations,
  ...auditMutations,
  ...secretMutations,
  ...fileMutations,
];
