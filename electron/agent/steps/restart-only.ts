import { z } from 'zod';
import { paced } from '#kit/in-slices.ts';
import { inTurns } from '#kit/in-turns.ts';
import { Failure } from '#shared/failure.ts';
import type { EndpointNode } from '#shared/model/node.ts';
import { handshakesAtOnce } from './lanes.ts';
import { servesAlready, withSaid } from './restart.ts';
import type { Step, StepContext, TlsAnswer } from './step.ts';
import { judgeServed, probeNodeTls } from './verify.ts';

/** Waits between rounds; the last one repeats. */
const waitsMs = [0, 50, 150, 300, 1000] as const;

const restartOnlyOutput = z.object({
  /** Which leaf each node showed at which of its addresses. Those that answered nowhere are left out. */
  before: z.array(
    z.object({
      nodeId: z.string(),
      shown: z.array(z.object({ address: z.string(), port: z.number(), leaf: z.string() })),
    }),
  ),
});

/** By itself: a person asked for it, and checks whether it took effect when it was cut off. */
export const restartOnlyStep: Step = {
  name: 'restart',
  ifInterrupted: 'stop',
  retries: [],
  async run(context) {
    const { restarts } = (await context.tools.openConnection()).endpoint.powers;
    if (restarts === null) return { kind: 'done', output: { before: [] }, sentence: servesAlready };
    const seen = await seeAll(context, await presentNodes(context));
    const before = seen
      .map((one) => ({ nodeId: one.node.id, shown: shownBy(one) }))
      .filter(({ shown }) => shown.length > 0);
    const sentence = withSaid('The endpoint was restarted.', await restarts.restart());
    return { kind: 'done', output: { before }, sentence };
  },
};

/** Whatever completed a handshake before does so again, with what is on disk or what it showed before. */
export const proveRestartStep: Step = {
  name: 'prove',
  ifInterrupted: 'repeat',
  retries: [],
  async run(context) {
    const { before } = context.output('restart', restartOnlyOutput);
    const { database, clock } = context.tools;
    const { endpoint } = await context.tools.openConnection();
    const { restarts } = endpoint.powers;
    const found = await endpoint.nodes();
    await paced(database.nodes.reconciling(context.endpoint().id, found, clock.now()));
    const { seen, wrong } = await untilAllAnswer(context, before);
    const served = seen.map(({ node, answers }) => ({
      id: node.id,
      served: judgeServed(node, answers, clock.now()),
    }));
    await paced(database.nodes.settingServed(served));
    if (wrong !== null) return { kind: 'failed', failure: wrong };
    const count = before.length;
    const sentence =
      restarts === null
        ? 'Nothing was restarted, so no handshakes were compared.'
        : count === 0
          ? 'Nothing on this endpoint completed a TLS handshake before the restart, so nothing could be compared.'
          : `${count === 1 ? 'The 1 node that was' : `All ${count} nodes that were`} served before ${count === 1 ? 'is' : 'are'} served again.`;
    return { kind: count === 0 ? 'done-with-warning' : 'done', output: {}, sentence };
  },
};

interface Seen {
  node: EndpointNode;
  answers: TlsAnswer[];
}

async function presentNodes({ tools, endpoint }: StepContext): Promise<EndpointNode[]> {
  const nodes = await paced(tools.database.nodes.listing(endpoint().id));
  return nodes.filter(({ missingSince }) => missingSince === null);
}

async function seeAll({ tools }: StepContext, nodes: readonly EndpointNode[]): Promise<Seen[]> {
  return inTurns(nodes, handshakesAtOnce, async (node) => ({
    node,
    answers: await probeNodeTls(tools.probeTls, node),
  }));
}

type Before = z.infer<typeof restartOnlyOutput>['before'];

async function untilAllAnswer(
  context: StepContext,
  before: Before,
): Promise<{ seen: Seen[]; wrong: Failure | null }> {
  const { clock, signal, proofPatienceMs } = context.tools;
  const end = clock.monotonic() + proofPatienceMs;
  const shownBefore = new Map(before.map(({ nodeId, shown }) => [nodeId, shown]));
  for (let turn = 0; ; turn++) {
    await clock.sleep(waitsMs[Math.min(turn, waitsMs.length - 1)] ?? 1000, signal);
    const present = await presentNodes(context);
    const seen = await seeAll(
      context,
      present.filter(({ id }) => shownBefore.has(id)),
    );
    const wrong = seen.flatMap((one) => wrongOf(one, shownBefore.get(one.node.id) ?? []) ?? []);
    if (wrong.length === 0 && seen.length === shownBefore.size) return { seen, wrong: null };
    if (clock.monotonic() > end) return { seen, wrong: notServed(context, wrong[0]) };
  }
}

/** Null: it is served as before, or with what is on disk. */
function wrongOf({ node, answers }: Seen, shown: Before[number]['shown']): string | null {
  for (const { address, port, leaf } of shown) {
    const at = node.bindings.findIndex((one) => one.address === address && one.port === port);
    const answer = answers[at];
    if (answer === undefined) return `${node.name} no longer has the address ${address} port ${port}.`;
    if (answer.kind === 'no-answer') return `${node.name}: ${answer.sentence}`;
    const expected = [leaf, node.certificate?.fingerprint];
    if (!expected.includes(answer.leafFingerprint))
      return `${node.name}: it shows another certificate (${answer.leafFingerprint.slice(0, 16)}…).`;
  }
  return null;
}

/** Answers come in the order of the bindings. */
function shownBy({ node, answers }: Seen): Before[number]['shown'] {
  return answers.flatMap((answer, at) => {
    const binding = node.bindings[at];
    if (binding === undefined || answer.kind !== 'certificate') return [];
    return [{ address: binding.address, port: binding.port, leaf: answer.leafFingerprint }];
  });
}

function notServed(context: StepContext, sentence: string | undefined): Failure {
  const { name } = context.endpoint();
  const what = sentence === undefined ? 'A node that was served before is gone.' : sentence;
  return new Failure(
    'restart.not-served',
    `After the restart, ${name} does not serve everything that it served before. ${what}`,
    { hint: 'Check the error log of the server for what it could not load.', retry: 'never' },
  );
}
