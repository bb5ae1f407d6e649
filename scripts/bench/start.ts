import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tempDirectory } from '../../test/make/agent.ts';
import { type Figure, median, memory, ms, range } from './measure.ts';
import { type Packed, packedCommandLine } from './packed.ts';

const runs = 5;
/** After the start, before memory is read: V8 has given back by then what only the start needed. */
const restMs = 45_000;

/** Process start to the line that says ready, and the memory of the agent at rest beside a bare Node. As in a package. */
export async function startToReady(): Promise<Figure[]> {
  if (process.platform !== 'linux') return [];
  const packed = await packedCommandLine();
  const data = tempDirectory('bench-start');
  try {
    const agent = [join(packed.directory, 'cli.js'), 'run', '--data-directory', data.path];
    await startOf(packed, agent, 0); // the first start makes the database
    const took: number[] = [];
    for (let run = 0; run < runs; run++) took.push((await startOf(packed, agent, 0)).ready);
    const { used } = await startOf(packed, agent, restMs);
    const bare = await startOf(packed, ['--eval', 'console.log(1); setInterval(() => {}, 1e9)'], restMs);
    return figures(took, used, bare.used);
  } finally {
    data.remove();
    await rm(packed.directory, { recursive: true });
  }
}

type Memory = ReturnType<typeof memory>;

function figures(took: readonly number[], used: Memory, bare: Memory): Figure[] {
  const size = (of: Memory) =>
    of === null
      ? 'not measurable here'
      : `${of.anonymous.toFixed(0)} MB anonymous, ${of.pss.toFixed(0)} MB PSS`;
  return [
    {
      what: 'Start to ready, headless',
      figure: `${ms(median(took))} (${range(took)})`,
      goal: '< 0.5 s',
      met: median(took) < 500,
      method: `Median of ${runs}. \`trustkeep run\` of a package from spawn to its ready line; database there already, no keychain on this bus.`,
    },
    {
      what: 'Memory of the headless agent at rest',
      figure: `${size(used)}; bare Node ${size(bare)}`,
      goal: '≤ 60 MB PSS',
      met: used !== null && used.pss <= 60,
      method: `${restMs / 1000} s after ready, from smaps_rollup, one after the other. No other process plays this Node, so that each page of its program that the kernel has mapped counts whole; those are clean, and given up first when memory is short.`,
    },
  ];
}

async function startOf(
  { node }: Packed,
  argv: string[],
  rest: number,
): Promise<{ ready: number; used: Memory }> {
  const start = performance.now();
  const child = spawn(node, argv, { stdio: ['ignore', 'pipe', 'ignore'] });
  const gone = once(child, 'exit');
  const said = once(child.stdout, 'data').then(() => performance.now() - start);
  const ready = await Promise.race([said, gone.then(() => null)]);
  if (ready === null) throw new Error('It ended before it was ready: npm run build makes what is started.');
  if (rest > 0) await sleep(rest);
  const used = rest > 0 && child.pid !== undefined ? memory(child.pid) : null;
  child.kill('SIGTERM');
  await gone;
  return { ready, used };
}
