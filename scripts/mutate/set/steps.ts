import { judgedBy, type Mutation } from '../mutation.ts';

const step = (name: string): string => `electron/agent/steps/${name}.ts`;
const test = (name: string): string[] => [`test/unit/agent/steps/${name}.test.ts`];

/** Ordering, checking what came, keeping what is there, installing, finishing. */
export const stepMutations: readonly Mutation[] = [
  ...judgedBy(test('place-order'), [
    {
      breaks: 'a restart orders a second time under a number of its own',
      file: step('place-order'),
      find: '  if (known !== null) return known;\n',
      put: '',
    },
    {
      breaks: 'an order that was placed is placed again after a restart',
      file: step('place-order'),
      find: "if (order.state === 'placing') {",
      put: "if (order.state !== 'collected') {",
    },
    {
      breaks: 'the CA is not given what it remembered of an order that was cut off',
      file: step('place-order'),
      find: 'order.handle ?? null,',
      put: 'null,',
    },
    {
      breaks: 'what the CA remembers of an order is lost when it is cut off',
      file: step('place-order'),
      find: 'storeHandle(context, { ...order, handle, updatedAt: clock.now() });',
      put: '',
    },
    {
      breaks: 'an order that was placed looks as if it was not',
      file: step('place-order'),
      find: "state: 'pending',",
      put: "state: 'placing',",
    },
    {
      breaks: 'the CA is not told that an order is a renewal',
      file: step('place-order'),
      find: 'replacesPem: replaced?.chainPem ? replaced.chainPem : null',
      put: 'replacesPem: replaced === null ? null : null',
    },
    {
      breaks: 'an order that is refused for its names goes to the fall-back',
      file: step('fall-back'),
      find: ' || !isItsOwn(context, order, failure)',
      put: '',
    },
    {
      breaks: 'what the first authority remembered is lost when the fall-back does not take the order',
      file: step('fall-back'),
      find: 'move(context, stored(context, moved), before);',
      put: 'move(context, stored(context, moved), { ...before, handle: null });',
    },
  ]),
  ...judgedBy(test('check-material'), [
    {
      breaks: 'a certificate that does not fit is installed',
      file: step('check-material'),
      find: 'if (!verdict.ok) {',
      put: 'if (verdict.checks.length === 0) {',
    },
    {
      breaks: 'names that the CA left out are not missed',
      file: step('check-material'),
      find: 'names: plan.names,',
      put: 'names: certificate.names,',
    },
    {
      breaks: 'another kind of key than was approved is installed',
      file: step('check-material'),
      find: 'keyType: plan.keyType,',
      put: 'keyType: certificate.keyType,',
    },
    {
      breaks: 'an expired certificate is installed',
      file: step('check-material'),
      find: 'now: context.tools.clock.now(),',
      put: 'now: certificate.notBefore,',
    },
    {
      breaks: 'the plan is not filled in with what the files will hold',
      file: step('check-material'),
      find: 'output: { plan: filled },',
      put: 'output: { plan: filled === plan ? filled : plan },',
    },
    {
      breaks: 'a leaf without its issuer is no warning',
      file: step('check-material'),
      find: "chain.end === 'alone' ? 'done-with-warning' : 'done'",
      put: "chain.end === 'alone' ? 'done' : 'done'",
    },
    {
      breaks: 'the root that an authority is set to trust does not count',
      file: step('check-material'),
      find: "certificatesOf(trusted ?? '')",
      put: "certificatesOf(trusted === '' ? trusted : '')",
    },
    {
      breaks: 'the own root of an authority does not count',
      file: step('check-material'),
      find: '...(own === undefined ? [] : [own.pem])',
      put: '...(own === undefined ? [] : [])',
    },
    {
      breaks: 'the key stays in memory after it was hashed',
      file: step('check-material'),
      find: '      wipe(used);\n',
      put: '',
    },
  ]),
  ...judgedBy(test('snapshot'), [
    {
      breaks: 'an endpoint that changed since its plan was made is changed all the same',
      file: step('snapshot'),
      find: '    await endpoint.checkDrift(plan.install, ownChangesSince(context));\n',
      put: '',
    },
    {
      breaks: 'of several plans approved together only the first is carried out',
      file: step('snapshot'),
      find: 'checkDrift(plan.install, ownChangesSince(context))',
      put: 'checkDrift(plan.install, ownChangesSince(context).slice(0, 0))',
    },
    {
      breaks: 'what is served before a change is not noted',
      file: step('snapshot'),
      find: 'leaf: seen.leafFingerprint, chain',
      put: 'leaf: null, chain',
    },
    {
      breaks: 'what is served before is asked for by the kind of the new key',
      file: step('snapshot'),
      find: 'keyAlgorithmOf(context.node().certificate?.keyType)',
      put: 'keyAlgorithmOf(plan.keyType)',
    },
    {
      breaks: 'what was kept is not sealed',
      file: step('snapshot'),
      find: '    snapshotSeal.put(context.tools.database, context.task.id, kept);\n',
      put: '',
    },
    {
      breaks: 'what was changed on another server excuses a drift on this one',
      file: step('own-changes'),
      find: 'groundOf(other.subject) === groundOf(task.subject) && (',
      put: '(',
    },
    {
      breaks: 'what was changed before the plan was made excuses a drift',
      file: step('own-changes'),
      find: '(other.finishedAt ?? 0) >= task.createdAt',
      put: '(other.finishedAt ?? 0) >= 0',
    },
    {
      breaks: 'what a failed task put back excuses a drift',
      file: step('own-changes'),
      find: "states: ['succeeded', 'succeeded-with-warnings']",
      put: "states: ['succeeded', 'succeeded-with-warnings', 'failed']",
    },
    {
      breaks: 'what was changed with a warning is a drift for the next plan',
      file: step('own-changes'),
      find: "states: ['succeeded', 'succeeded-with-warnings']",
      put: "states: ['succeeded']",
    },
  ]),
  ...judgedBy(test('install'), [
    {
      breaks: 'the key stays in memory after it was installed',
      file: step('install'),
      find: '      wipe(used);\n',
      put: '',
    },
    {
      breaks: 'the install script is not run',
      file: step('install'),
      find: '(await endpoint.powers.runsScripts?.runInstallScript(install)) ?? null',
      put: 'endpoint.powers.runsScripts === null || install === null ? null : null',
    },
    {
      breaks: 'an install script that failed counts as run',
      file: step('install'),
      find: 'if (ran.code === 0)',
      put: 'if (ran.code >= 0)',
    },
  ]),
  ...judgedBy(test('finish'), [
    {
      breaks: 'copies of replaced keys stay on the endpoint',
      file: step('finish'),
      find: '        await endpoint.discard(snapshot, tagOf(context.task), keyPath);\n',
      put: '',
    },
    {
      breaks: 'the list shows the certificate of before until the next discovery',
      file: step('finish'),
      find: 'await paced(database.nodes.reconciling(context.endpoint().id, found, clock.now()));',
      put: 'await endpoint.nodes();',
    },
    {
      breaks: 'copies of replaced keys stay where the nodes cannot be read',
      file: step('finish'),
      find: '      } finally {\n        await endpoint.discard(snapshot, tagOf(context.task), keyPath);\n',
      put: '        await endpoint.discard(snapshot, tagOf(context.task), keyPath);\n      } finally {\n',
    },
    {
      breaks: 'a copy that cannot be removed has a served certificate put back',
      file: step('finish'),
      find: "log.warn('clearing up after an install failed', { error, task: context.task.id });",
      put: 'throw error;',
    },
    {
      breaks: 'a certificate is renewed although auto-renew is off',
      file: step('finish'),
      find: 'if (endpoint.policy.autoRenew) {',
      put: '{',
    },
    {
      breaks: 'the authority is never asked when it wants a renewal',
      file: step('finish'),
      find: 'ariAskAgainAt: clock.now(),',
      put: 'ariAskAgainAt: null,',
    },
    {
      breaks: 'the audit claims a proof that there was none of',
      file: step('finish'),
      find: "proved ? 'proved to be served' : 'not proved to be served'",
      put: "proved ? 'proved to be served' : 'proved to be served'",
    },
  ]),
  ...judgedBy(
    ['test/unit/agent/ends.test.ts'],
    [
      {
        breaks: 'the private key stays in the database',
        file: 'electron/agent/certificates/certify-kind.ts',
        find: '    if (isCleared(row.task)) tools.database.secrets.remove(row.task.id, sealedKeyName);\n',
        put: '',
      },
    ],
  ),
];
