import type { InstallPlan } from '#shared/model/plan.ts';
import { compareAround, lookAround } from '../../electron/agent/steps/neighbours.ts';
import type { StepContext, StepTools } from '../../electron/agent/steps/step.ts';
import { acceptsConnections } from '../../electron/discovery/tcp-probe.ts';
import { probeTls } from '../../electron/discovery/tls-probe.ts';
import { systemClock } from '../../electron/kit/clock.ts';
import { makeCa, makeLeaf } from '../../test/make/certificates.ts';
import { have } from '../../test/servers/available.ts';
import { startNginx } from '../../test/servers/nginx.ts';
import { type Figure, median, ms, range } from './measure.ts';

const runs = 7;
const names = Array.from({ length: 50 }, (_, at) => `site${at}.example`);

/** What the proofs of neighbours add to one change: each of 50 names and the listener, before and after. */
export async function fiftyNeighbours(): Promise<Figure[]> {
  if (!have('nginx')) return [];
  const ca = makeCa();
  const leaves = names.map((name) => makeLeaf(ca, { names: [name], intermediate: true }));
  const nginx = await startNginx({
    files: Object.fromEntries(
      leaves.flatMap((leaf, at) => [
        [`tls/${at}.crt`, leaf.chainPem],
        [`tls/${at}.key`, leaf.keyPem],
      ]),
    ),
    servers: names.map((name, at) => ({
      listen: ['127.0.0.1:{port} ssl'],
      names: [name],
      certificates: [{ certificate: `tls/${at}.crt`, key: `tls/${at}.key` }],
    })),
  });
  try {
    const at = { address: '127.0.0.1', port: nginx.ports[0] ?? 0 };
    const neighbours = names.map((serverName) => ({
      ...{ ...at, serverName, who: `server ${serverName}` },
      ...{ expects: 'as-before' as const, certificatePath: null },
    }));
    const install = { neighbours, listeners: [at] } as Partial<InstallPlan> as InstallPlan;
    const tools = {
      ...{ probeTls, acceptsConnections, clock: systemClock, proofPatienceMs: 10_000 },
      signal: new AbortController().signal,
    } as Partial<StepTools> as StepTools;
    const took: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      const start = systemClock.monotonic();
      const around = await lookAround(tools, install, async () => new Map());
      const { disturbed } = await compareAround({ tools } as StepContext, around, null);
      if (disturbed !== null) throw new Error(`${disturbed.place} ${disturbed.sentence}`);
      took.push(systemClock.monotonic() - start);
    }
    return [
      {
        what: 'Neighbours proved, 50 names',
        figure: `${ms(median(took))} (${range(took)})`,
        goal: '< 300 ms',
        met: median(took) < 300,
        method: `Median of ${runs}. A real nginx with 50 server blocks, each with its own EC P-256 certificate and intermediate; 50 whole handshakes and one TCP connection before a change, and the same after it.`,
      },
    ];
  } finally {
    await nginx.stop();
  }
}
