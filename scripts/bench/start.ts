import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { tempDirectory } from '../../test/make/agent.ts';
import { type Figure, median, memory, ms, range } from './measure.ts';

const runs = 5;
const program = join(import.meta.dirname, '../../out/node/cli.js');
/** After start, before memory is read. */
const restMs = 5000;

/** Process start to the line that says ready, and the memory of the agent at rest. The built program, as it is shipped. */
export async function startToReady(): Promise<Figure[]> {
  const data = tempDirectory('bench-start');
  const took: number[] = [];
  const rest: { pss: number; anonymous: number; rss: number }[] = [];
  try {
    await once(data.path, 0); // the first start makes the database
    for (let run = 0; run < runs; run++) {
      const { ready, used } = await once(data.path, run < 3 ? restMs : 0);
      took.push(ready);
      if (used !== null) rest.push(used);
    }
  } finally {
    data.remove();
  }
  const middle = (pick: (row: (typeof rest)[number]) => number) => median(rest.map(pick)).toFixed(0);
  return [
    {
      what: 'Start to ready, headless',
      figure: `${ms(median(took))} (${range(took)})`,
      goal: '< 0.5 s',
      met: median(took) < 500,
      method: `Median of ${runs}. \`node out/node/cli.js run\` from spawn to its ready line; database there already, no keychain on this bus.`,
    },
    {
      what: 'Memory of the headless agent at rest',
      figure:
        rest.length === 0
          ? 'not measurable here'
          : `${middle((row) => row.anonymous)} MB anonymous, ${middle((row) => row.pss)} MB PSS, ${middle((row) => row.rss)} MB RSS`,
      goal: '–',
      met: null,
      method: `Median of three, ${restMs / 1000} s after ready, from smaps_rollup.`,
    },
  ];
}

function once(
  dataDirectory: string,
  rest: number,
): Promise<{ ready: number; used: ReturnType<typeof memory> }> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(process.execPath, [program, 'run', '--data-directory', dataDirectory], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.on('error', reject);
    const early = (): void =>
      reject(new Error('It ended before it was ready: npm run build makes what is started.'));
    child.once('exit', early);
    child.stdout.once('data', () => {
      const ready = performance.now() - start;
      child.off('exit', early);
      setTimeout(() => {
        const used = rest > 0 && child.pid !== undefined ? memory(child.pid) : null;
        child.on('exit', () => resolve({ ready, used }));
        child.kill('SIGTERM');
      }, rest);
    });
  });
}
