import { quickRetries } from '../tasks/retry.ts';
import type { Step } from './step.ts';
import { judgeServed, probeNodeTls } from './verify.ts';

/** Finds the nodes of an endpoint and looks once at what each serves. */
export const discoverStep: Step = {
  name: 'discover',
  ifInterrupted: 'repeat',
  retries: quickRetries,
  async run(context) {
    const { database, clock, probeTls } = context.tools;
    const { endpoint } = await context.tools.openConnection();
    const found = await endpoint.nodes();
    const row = context.endpoint();
    const nodes = database.nodes.reconcile(row.id, found, clock.now());
    database.endpoints.update({ ...row, discoveredAt: clock.now() });
    const answers = await Promise.all(
      nodes
        .filter((node) => node.missingSince === null)
        .map(async (node) => ({ node, answers: await probeNodeTls(probeTls, node) })),
    );
    const count = found.length;
    return {
      kind: 'done',
      output: {},
      sentence:
        count === 0 ? 'No nodes were found.' : `${count} node${count === 1 ? ' was' : 's were'} found.`,
      store: () => {
        for (const { node, answers: seen } of answers)
          database.nodes.setServed(node.id, judgeServed(node, seen, clock.now()));
      },
    };
  },
};
