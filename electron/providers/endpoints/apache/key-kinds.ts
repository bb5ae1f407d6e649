import type { InstallPlan } from '#shared/model/plan.ts';
import { familyOf } from '../common/on-disk.ts';
import type { PlanFacts } from './plan-facts.ts';

/** The kind of key without which this host could not serve a certificate; undefined: either will do. */
export function onlyKeysOf(facts: PlanFacts): InstallPlan['onlyKeys'] {
  const present = familyOfPair(facts);
  if (present === null) return undefined;
  return {
    family: present,
    why: `the virtual host has an RSA and an ECDSA certificate, and this node is its ${present.toUpperCase()} one`,
  };
}

/** Which of several certificates of its host the node is; null: there is one, or it cannot be read. */
export function familyOfPair({ chosen: { pair, host }, read }: PlanFacts): ReturnType<typeof familyOf> {
  const path = pair?.certificate.path ?? null;
  return host.pairs.length > 1 && path !== null ? familyOf(read(path)) : null;
}
