import { judgedBy, type Mutation } from '../mutation.ts';

const order = 'electron/agent/steps/own-order.ts';
const material = 'electron/agent/steps/material.ts';
const guard = 'electron/agent/steps/approval-guard.ts';
const webRoot = 'electron/agent/steps/web-root.ts';
const prove = 'electron/providers/authorities/acme/prove.ts';
const acme = 'electron/providers/authorities/acme/acme.ts';

/** That what comes of an order is what came of it, and that nothing but the proof of control of its names is put up. */
export const issuedMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/security/issued-fields.test.ts'],
    [
      {
        breaks: 'the handle of an order may be any',
        file: order,
        find: '  if (!isHandleSealed(context, order))\n',
        put: '  if (!isHandleSealed(context, order) && order.number < 0)\n',
      },
      {
        breaks: 'without a sealed handle any is taken',
        file: order,
        find: "approval !== null && !seals(database, approval, 'certificate')",
        put: 'approval !== null',
      },
      {
        breaks: 'the certificate may be any',
        file: material,
        find: 'if (isAsCollected(context, certificate)) return certificate;',
        put: 'isAsCollected(context, certificate);\n  return certificate;',
      },
      {
        breaks: 'without a sealed certificate any is taken',
        file: material,
        find: "approval !== null && !seals(database, approval, 'certificate')",
        put: 'approval !== null',
      },
      {
        breaks: 'the certificate is not compared before a step that does not need it',
        file: guard,
        find: '  if (isIssued(context)) newCertificate(context);\n  else ownOrder(context);\n',
        put: '  if (!isIssued(context)) ownOrder(context);\n',
      },
      {
        breaks: 'what the files are to hold is not compared with what was sealed',
        file: guard,
        find: '  if (!same) throw otherContent(plan);\n',
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/security/approval-rows.test.ts'],
    [
      {
        breaks: 'an authority may put any file below a web root',
        file: webRoot,
        find: "  if (!challengeFile.test(path)) throw new Error('not a challenge file below a web root');\n",
        put: '',
      },
    ],
  ),
  ...judgedBy(
    ['test/integration/acme/stored-proofs.test.ts'],
    [
      {
        breaks: 'a stored proof of another name is put up',
        file: prove,
        find: '!isOrdered(identifierOf(name), request.names) || ',
        put: '',
      },
      {
        breaks: 'a stored proof of another account is put up',
        file: prove,
        find: ' || !isGivenBy(keyAuthorization, thumbprint)',
        put: '',
      },
      {
        breaks: 'what was put up for another name is removed',
        file: acme,
        find: 'this.#ownProvisions(read, request)',
        put: 'read.provisions',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/steps/place-order.test.ts'],
    [
      {
        breaks: 'an order that was stored and has yet to be placed is taken for one that was changed',
        file: order,
        find: '  if (order.handle === null) return true;\n',
        put: '',
      },
    ],
  ),
];
