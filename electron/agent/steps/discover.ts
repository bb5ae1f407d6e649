import { quickRetries } from '../tasks/retry.ts';
import type { Step } from './step.ts';
import { judgeServed, lookAtNode } from './verify.ts';

/** Finds the nodes of an endpoint and looks once at what each serves. */
export const discoverStep: Step = {
  name: 'discover',
  ifInterrupted: 'repeat',
  retries: quickRetries,
  async run(context) {
    const { database, clock, lookAt } = context.tools;
    const { endpoint } = await context.tools.session();
    const found = await endpoint.nodes();
    const row = context.endpoint();
    const nodes = database.nodes.reconcile(row.id, found, clock.now());
    database.endpoints.update({ ...row, discoveredAt: clock.now() });
    const looks = await Promise.all(
      nodes
        .filter((node) => node.missingSince === null)
        .map(async (node) => ({ node, looks: await lookAtNode(lookAt, node) })),
    );
    const count = found.length;
    return {
      kind: 'done',
      output: {},
      sentence:
        count === 0 ? 'No nodes were found.' : `${count} node${count === 1 ? ' was' : 's were'} found.`,
      store: () => {
        for (const { node, looks: seen } of looks)
          database.nodes.setServed(node.id, judgeServed(node, seen, clock.now()));
      },
    };
  },
};
