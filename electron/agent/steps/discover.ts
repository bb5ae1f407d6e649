import { paced } from '#kit/in-slices.ts';
import { inTurns } from '#kit/in-turns.ts';
import { speaksTls } from '#shared/model/node.ts';
import { quickRetries } from '../tasks/retry.ts';
import { handshakesAtOnce } from './lanes.ts';
import type { Step } from './step.ts';
import { judgeServed, probeNodeTls } from './verify.ts';

/** A thousand nodes that do not answer are not waited for: the watch looks at those that are left. */
const patienceMs = 60_000;

/** Finds the nodes of an endpoint and looks once at what each serves. */
export const discoverStep: Step = {
  name: 'discover',
  ifInterrupted: 'repeat',
  retries: quickRetries,
  async run(context) {
    const { database, clock, probeTls, signal } = context.tools;
    const { endpoint } = await context.tools.openConnection();
    const found = await endpoint.nodes();
    const { id } = context.endpoint();
    await paced(database.nodes.reconciling(id, found, clock.now()));
    database.endpoints.update({ ...context.endpoint(), discoveredAt: clock.now() });
    const nodes = await paced(database.nodes.listing(id));
    const until = clock.monotonic() + patienceMs;
    const present = nodes.filter((node) => node.missingSince === null);
    const seen = await inTurns(present, handshakesAtOnce, async (node) => {
      signal.throwIfAborted();
      return clock.monotonic() > until ? null : { node, answers: await probeNodeTls(probeTls, node) };
    });
    const count = found.length;
    const unseen = present.filter(
      (node, at) => seen[at] === null && speaksTls(node) && node.certificate !== null,
    );
    const served = seen.flatMap((one) =>
      one === null ? [] : [{ id: one.node.id, served: judgeServed(one.node, one.answers, clock.now()) }],
    );
    await paced(database.nodes.settingServed(served));
    return {
      kind: 'done',
      output: {},
      sentence: `${count === 0 ? 'No nodes were' : count === 1 ? '1 node was' : `${count} nodes were`} found.${saysUnseen(unseen.length)}`,
    };
  },
};

function saysUnseen(count: number): string {
  if (count === 0) return '';
  return ` What ${count} of them serve${count === 1 ? 's' : ''} has not been verified: there was no time for more within ${patienceMs / 1000} s. Trustkeep will do it when it next verifies what is served.`;
}
