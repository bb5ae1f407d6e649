import { judgedBy, type Mutation } from '../mutation.ts';

const fallBack = 'electron/agent/steps/fall-back.ts';
const planning = 'electron/agent/steps/plan-fallback.ts';

/** When an order goes to the fall-back authority, and that only what was approved is one. */
export const fallBackMutations: readonly Mutation[] = [
  ...judgedBy(
    ['test/unit/agent/steps/place-order.test.ts'],
    [
      {
        breaks: 'an authority that is not reached keeps the order',
        file: fallBack,
        find: '  if (Object.hasOwn(networkCodes, code)) return true;\n',
        put: '',
      },
      {
        breaks: 'an authority that has a limit or a failure of its own keeps the order',
        file: fallBack,
        find: 'return authority !== null && authorityDefinition(authority).itsOwnTroubles.has(code);',
        put: 'return authority === null;',
      },
      {
        breaks: 'the fall-back is given what the first authority remembered',
        file: fallBack,
        find: 'authorityName: other.name, handle: null };',
        put: 'authorityName: other.name, handle: order.handle };',
      },
      {
        breaks: 'an order that neither took stays with the fall-back',
        file: fallBack,
        find: '      move(context, stored(context, moved), before);\n',
        put: '',
      },
      {
        breaks: 'what can be tried again is not, because the fall-back refused for good',
        file: fallBack,
        find: 'const first = isWorthATry(one.failure) || !isWorthATry(other.failure);',
        put: 'const first = !isWorthATry(other.failure) && !isWorthATry(one.failure);',
      },
      {
        breaks: 'the audit does not say that the order went elsewhere',
        file: fallBack,
        find: "    context.tools.audit('order.fell-back', order.id, 'ok', fellBack(before, other, failure));\n",
        put: '',
      },
      {
        breaks: 'an order at the fall-back looks like any other in the task',
        file: 'electron/agent/steps/place-order.ts',
        find: '      if (failure !== null) return elsewhere(context, order, failure);\n',
        put: '',
      },
      {
        breaks: 'an order that was cut off at the fall-back never comes back to the first choice',
        file: fallBack,
        find: 'const other = order.authorityId === fallback.id ? authority : fallback;',
        put: 'const other = fallback;',
      },
    ],
  ),
  ...judgedBy(
    ['test/unit/agent/steps/plan-fallback.test.ts'],
    [
      {
        breaks: 'an order to an authority that a person named goes elsewhere',
        file: planning,
        find: 'row === null || id !== usual || row.id === id',
        put: 'row === null || row.id === id',
      },
      {
        breaks: 'the fall-back is the first choice again',
        file: planning,
        find: 'row === null || id !== usual || row.id === id',
        put: 'row === null || id !== usual',
      },
      {
        breaks: 'a fall-back that cannot prove control of a name is used',
        file: planning,
        find: 'if (refused === null) return { row, warnings: [] };',
        put: 'if (row !== null) return { row, warnings: [] };',
      },
      {
        breaks: 'the plan does not say where the fall-back puts challenge files',
        file: planning,
        find: '...(webRoot === undefined ? {} : { webRoot })',
        put: '',
      },
      {
        breaks: 'a renewal begins with the fall-back, where the last order went',
        file: 'electron/agent/certificates/requests.ts',
        find: 'return plan?.fallback?.id === authorityId ? plan.authority.id : authorityId;',
        put: 'return authorityId;',
      },
    ],
  ),
];
