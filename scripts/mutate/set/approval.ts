import { judgedBy, type Mutation } from '../mutation.ts';

const guard = 'electron/agent/steps/approval-guard.ts';
const order = 'electron/agent/steps/own-order.ts';
const request = 'electron/agent/steps/seal-request.ts';
const approve = 'electron/agent/steps/approve.ts';
const certify = 'electron/agent/plans/certify.ts';
const binding = 'electron/agent/plans/binding.ts';
const ssh = 'shared/catalog/connections/ssh.ts';
const remote = 'shared/catalog/connections/remote.ts';

/** What an approval is bound to. */
export const approvalMutations: readonly Mutation[] = [
  ...judgedBy(
    [
      'test/security/approval-guard.test.ts',
      'test/security/approval-fields.test.ts',
      'test/security/approval-rows.test.ts',
      'test/unit/agent/plan-fingerprint.test.ts',
      'test/unit/database/plan-of-changes.machine.test.ts',
    ],
    [
      {
        breaks: 'a plan that nobody approved is carried out',
        file: guard,
        find: "if (approval === null || approval.state !== 'approved') throw notApproved();",
        put: 'if (approval === null) throw notApproved();',
      },
      {
        breaks: 'the plan in the task is not compared with the approved one',
        file: guard,
        find: '  for (const one of plansIn(context, plan)) mustBeThatOf(approval, one);\n',
        put: '',
      },
      {
        breaks: 'only the first plan is compared, not the one with its hashes filled in',
        file: guard,
        find: "  return [plan, context.output('check-material', checkMaterialOutput).plan];",
        put: '  return [plan];',
      },
      {
        breaks: 'the seal of an approval is not looked at',
        file: guard,
        find: '  if (!isApproved(context, approval)) throw notApproved();\n',
        put: '  isApproved(context, approval);\n',
      },
      {
        breaks: 'the key and CSR that were made are not compared with what was sealed',
        file: guard,
        find: '  if (!madeHere(context, approval)) throw otherKey(plan);\n',
        put: '  madeHere(context, approval);\n',
      },
      {
        breaks: 'without a sealed key and CSR any are taken',
        file: request,
        find: 'if (requestSeal.isOf(database, taskId, made)) return true;',
        put: 'if (requestSeal.isOf(database, taskId, made) || !requestSeal.has(database, taskId)) return true;',
      },
      {
        breaks: 'a yes of the present version passes for one that seals no key',
        file: 'electron/agent/steps/seal-yes.ts',
        find: '> sealedBesides.indexOf(what)',
        put: '< sealedBesides.indexOf(what)',
      },
      {
        breaks: 'the plan in the approval may be another one than its fingerprint says',
        file: guard,
        find: ' && planFingerprint(approval.plan) === fingerprint',
        put: '',
      },
      {
        breaks: 'the plan of the task may have any fingerprint',
        file: guard,
        find: 'planFingerprint(plan) === fingerprint && ',
        put: '',
      },
      {
        breaks: 'endpoint and authority may change after the approval',
        file: guard,
        find: '  mustBeBound(context, plan);\n',
        put: '',
      },
      {
        breaks: 'the settings of the endpoint may change after the approval',
        file: guard,
        find: 'same && now.endpoint === plan.bound.endpoint',
        put: 'same',
      },
      {
        breaks: 'the task may be led to another endpoint',
        file: guard,
        find: 'endpoint.id === plan.endpointId && ',
        put: '',
      },
      {
        breaks: 'the task may be led to another node',
        file: guard,
        find: ' && task.subject.id === plan.nodeId',
        put: '',
      },
      {
        breaks: 'the settings of the authority may change before it issued',
        file: guard,
        find: 'isIssued(context) || now.authority === plan.bound.authority',
        put: 'isIssued(context) || now.authority !== ""',
      },
      {
        breaks: 'a change of the authority after it issued ends the task half way',
        file: guard,
        find: 'isIssued(context) || now.authority',
        put: 'now.authority',
      },
      {
        breaks: 'the settings of the fall-back may change before it issued',
        file: guard,
        find: 'now.fallback === plan.bound.fallback',
        put: "now.fallback !== ''",
      },
      {
        breaks: 'another order than the approved one is placed',
        file: guard,
        find: '  else ownOrder(context);\n',
        put: '',
      },
      {
        breaks: 'an order with other terms is placed',
        file: order,
        find: 'names: order.names, terms: order.terms }',
        put: 'names: order.names, terms: plan.terms }',
      },
      {
        breaks: 'an order for other names is placed',
        file: order,
        find: 'names: order.names, terms: order.terms }',
        put: 'names: plan.names, terms: order.terms }',
      },
      {
        breaks: 'the order goes to another authority',
        file: order,
        find: '{ id: order.authorityId, ',
        put: '{ id: plan.authority.id, ',
      },
      {
        breaks: 'the first step behind the approval is not guarded',
        file: 'electron/agent/certificates/certify-kind.ts',
        find: 'at <= yes',
        put: 'at <= yes + 1',
      },
      {
        breaks: 'no step behind the approval is guarded',
        file: 'electron/agent/certificates/certify-kind.ts',
        find: 'guarded(step, guardApproval)',
        put: 'step',
      },
      {
        breaks: 'the approval step itself does not look at what was approved',
        file: approve,
        find: '  guardApproval(context);\n',
        put: '',
      },
      {
        breaks:
          'a fingerprint does not cover what an endpoint remembers, its changes and the rest of the plan',
        file: certify,
        find: 'if (rest.fingerprintVersion === 3) return hashOf({ ...rest, install });',
        put: 'if (rest.fingerprintVersion === 3) return hashOf({ names: rest.names });',
      },
      {
        breaks: 'a fingerprint does not cover the install',
        file: certify,
        find: 'return hashOf({ ...rest, install });',
        put: 'return hashOf({ ...rest, install: null });',
      },
      {
        breaks: 'a fingerprint of the first form covers less than the plan says',
        file: certify,
        find: 'first !== null && canonicalJson(fromFirstForm(first)) === canonicalJson(install)',
        put: 'first !== null',
      },
      {
        breaks: 'the pinned host key is not part of what was approved',
        file: ssh,
        find: 'bound: (one) => ({ type: one.type, ...remote.bound(one), hostKey: one.hostKey }),',
        put: 'bound: (one) => ({ type: one.type, ...remote.bound(one), hostKey: one.hostKey === "" }),',
      },
      {
        breaks: 'the user who connects is not part of what was approved',
        file: remote,
        find: ': { host, port, user },',
        put: ': { host, port, user: false },',
      },
      {
        breaks: 'the credential whose user connects is not part of what was approved',
        file: remote,
        find: "user === '' ? { host, port, user, store, storeCredentialId }",
        put: "user === '' && store === '' ? { host, port, user, store, storeCredentialId }",
      },
      {
        breaks: 'paths, programs and scripts of the endpoint are not part of what was approved',
        file: binding,
        find: '.bound(connection), settings })',
        put: '.bound(connection) })',
      },
      {
        breaks: 'how the endpoint is reached is not part of what was approved',
        file: binding,
        find: 'reached: connectionDefinition(connection).bound(connection), ',
        put: '',
      },
      {
        breaks: 'the settings of the authority are not part of what was approved',
        file: binding,
        find: 'hashOf(authority?.settings ?? null)',
        put: 'hashOf(authority === null)',
      },
    ],
  ),
];
