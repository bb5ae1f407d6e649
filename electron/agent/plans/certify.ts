import { createHash } from 'node:crypto';
import { Failure } from '#shared/failure.ts';
import type { KeyType } from '#shared/model/certificate.ts';
import { boundPart, type Change, kindOf } from '#shared/model/changes/index.ts';
import { earlierKeyPairPlace, type KeyPairPlace } from '#shared/model/key-pair-place.ts';
import type { OrderTerms } from '#shared/model/order.ts';
import type { InstallPlan, Plan, PlanBinding } from '#shared/model/plan.ts';
import { fromFirstForm, toFirstForm } from '#shared/model/plan-first-form.ts';
import { canonicalJson } from './canonical.ts';

interface CertifyFacts {
  endpoint: { id: string; name: string };
  node: { id: string; name: string };
  reason: 'request' | 'renewal';
  names: string[];
  loses?: string[];
  keyType: KeyType;
  keyPlace: { where: KeyPairPlace; why: string };
  authority: { id: string; name: string; kind: string };
  terms: OrderTerms;
  webRoot?: string | null | undefined;
  fallback?: Plan['fallback'];
  issued?: Plan['issued'];
  group?: Plan['group'];
  restarts?: Plan['restarts'];
  bound: PlanBinding;
  install: InstallPlan;
}

/** Facts → the plan a person approves. Pure. */
export function makePlan(facts: CertifyFacts): Plan {
  const plan: Plan = {
    fingerprintVersion: 3,
    endpointId: facts.endpoint.id,
    endpointName: facts.endpoint.name,
    nodeId: facts.node.id,
    nodeName: facts.node.name,
    reason: facts.reason,
    names: facts.names,
    ...(facts.loses?.length ? { loses: facts.loses } : {}),
    keyType: facts.keyType,
    keyPlace: facts.keyPlace,
    authority: facts.authority,
    terms: facts.terms,
    ...(facts.webRoot === undefined ? {} : { webRoot: facts.webRoot }),
    ...(facts.fallback === undefined ? {} : { fallback: facts.fallback }),
    ...(facts.issued === undefined ? {} : { issued: facts.issued }),
    ...(facts.group === undefined ? {} : { group: facts.group }),
    ...(facts.restarts === undefined ? {} : { restarts: facts.restarts }),
    bound: facts.bound,
    install: facts.install,
    fingerprint: '',
  };
  return { ...plan, fingerprint: planFingerprint(plan) };
}

/**
 * SHA-256 (hex) over everything a person approves: names, authority and terms, addresses, what it is bound to, every
 * change with what it begins with, and what it stands on. Values that come to exist with the certificate are left out;
 * they are checked then. Pure. `plan.unreadable` when the plan says more than the version of its fingerprint covers.
 */
export function planFingerprint(plan: Plan): string {
  const { fingerprint: _own, ...rest } = plan;
  const install = { ...rest.install, changes: rest.install.changes.map(boundPart) };
  if (rest.fingerprintVersion === 3) return hashOf({ ...rest, install });
  const earlier = {
    ...rest,
    keyPlace: { ...rest.keyPlace, where: earlierKeyPairPlace(rest.keyPlace.where) },
  };
  if (rest.fingerprintVersion === 2) return hashOf({ ...earlier, install });
  const { fingerprintVersion: _version, ...first } = earlier;
  return hashOf({ ...first, install: inFirstForm(install) });
}

/** Two plans that read alike in the first form are told apart: only what that form can say in full is given. */
function inFirstForm(install: InstallPlan) {
  const first = toFirstForm(install);
  if (first !== null && canonicalJson(fromFirstForm(first)) === canonicalJson(install)) return first;
  throw new Failure('plan.unreadable', 'The plan was made by another version and cannot be carried out.', {
    hint: 'Request the certificate again and read the new plan.',
    retry: 'never',
  });
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** The same plan with the values filled in that are known by now, by the place of each change. */
export function fillAfterHashes(plan: Plan, hashes: Record<string, string>): Plan {
  const changes = plan.install.changes.map((change) => filled(change, hashes[kindOf(change).place(change)]));
  return { ...plan, install: { ...plan.install, changes } };
}

/** Throws when a value that was approved would become another one. */
function filled(change: Change, hash: string | undefined): Change {
  const { later, place } = kindOf(change);
  if (hash === undefined || later === null) return change;
  if (later.isLater(change)) return later.with(change, hash);
  if (later.value(change) === hash) return change;
  throw new Error(`${place(change)} would not become what was approved`);
}
