import { createHash } from 'node:crypto';
import type { KeyType } from '#shared/model/certificate.ts';
import type { OrderTerms } from '#shared/model/order.ts';
import type { InstallPlan, Plan, PlanBinding, PlannedFile } from '#shared/model/plan.ts';
import type { StepName } from '#shared/model/task.ts';
import { canonicalJson } from './canonical.ts';

/** The steps of `certify` on the way forward, and those that undo it. */
export const certifySteps: readonly StepName[] = [
  'plan',
  'approve',
  'make-key',
  'place-order',
  'await-certificate',
  'check-material',
  'snapshot',
  'install',
  'restart',
  'prove',
  'finish',
];
export const certifyUndoSteps: readonly StepName[] = ['restore', 'prove-restore'];

export interface CertifyFacts {
  endpoint: { id: string; name: string };
  node: { id: string; name: string };
  reason: 'request' | 'renewal';
  names: string[];
  keyType: KeyType;
  keyPlace: { where: 'target' | 'agent'; why: string };
  authority: { id: string; name: string; kind: string };
  terms: OrderTerms;
  bound: PlanBinding;
  install: InstallPlan;
}

/** Facts → the plan a person approves. Pure. */
export function makePlan(facts: CertifyFacts): Plan {
  const plan: Plan = {
    endpointId: facts.endpoint.id,
    endpointName: facts.endpoint.name,
    nodeId: facts.node.id,
    nodeName: facts.node.name,
    reason: facts.reason,
    names: facts.names,
    keyType: facts.keyType,
    keyPlace: facts.keyPlace,
    authority: facts.authority,
    terms: facts.terms,
    bound: facts.bound,
    install: facts.install,
    fingerprint: '',
  };
  return { ...plan, fingerprint: planFingerprint(plan) };
}

/**
 * SHA-256 (hex) over everything a person approves: names, authority and terms, targets, what it is bound to, before-states, edits, commands.
 * The after-hashes of files that hold a key or certificate are left out: they come to exist later and are checked then.
 */
export function planFingerprint(plan: Plan): string {
  const { fingerprint: _own, ...rest } = plan;
  const install = { ...rest.install, files: rest.install.files.map(withoutLaterHash) };
  return createHash('sha256')
    .update(canonicalJson({ ...rest, install }))
    .digest('hex');
}

function withoutLaterHash(file: PlannedFile): PlannedFile {
  return file.holds === 'configuration' ? file : { ...file, after: { ...file.after, sha256: null } };
}

/** The same plan with the after-hashes filled in. Throws when a hash that was known already would change. */
export function fillAfterHashes(plan: Plan, hashes: Record<string, string>): Plan {
  const files = plan.install.files.map((file) => {
    const hash = hashes[file.path] ?? file.after.sha256;
    if (file.holds === 'configuration' && file.after.sha256 !== null && hash !== file.after.sha256)
      throw new Error(`the configuration file ${file.path} would not become what was approved`);
    return { ...file, after: { ...file.after, sha256: hash } };
  });
  return { ...plan, install: { ...plan.install, files } };
}
