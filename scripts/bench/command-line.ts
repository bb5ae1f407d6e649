import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type Figure, median, ms, range } from './measure.ts';
import { packedCommandLine } from './packed.ts';

const runs = 15;

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

interface Took {
  wall: number;
  processor: number;
}

/** What a person waits for at the command line of a package, beside a Node that does nothing, turn by turn. */
export async function commandLineStart(): Promise<Figure[]> {
  if (process.platform !== 'linux') return [];
  const packed = await packedCommandLine();
  try {
    const programs = {
      version: [packed.trustkeep, '--version'],
      help: [packed.trustkeep, 'help'],
      bare: [packed.node, '--eval', '0'],
    };
    const took: Record<keyof typeof programs, Took[]> = { version: [], help: [], bare: [] };
    for (let run = 0; run < runs; run++)
      for (const name of ['version', 'help', 'bare'] as const) took[name].push(once(programs[name]));
    const said = (list: Took[]) =>
      `${ms(median(list.map(({ wall }) => wall)))} (${range(list.map(({ wall }) => wall))}), ${ms(mean(list.map(({ processor }) => processor)))} of processor time`;
    return [
      {
        what: 'Command line: `trustkeep --version`',
        figure: `${said(took.version)}; bare Node ${said(took.bare)}`,
        goal: '< 150 ms',
        met: median(took.version.map(({ wall }) => wall)) < 150,
        method: `Medians of ${runs} (of processor time the mean), in turn with a Node that does nothing; the shell that finds the program included.`,
      },
      {
        what: 'Command line: `trustkeep help`',
        figure: said(took.help),
        goal: '–',
        met: null,
        method: 'In the same turns. Everything that is loaded before a question is sent to the agent.',
      },
    ];
  } finally {
    await rm(packed.directory, { recursive: true });
  }
}

function once([file = '', ...args]: string[]): Took {
  const before = processorMsOfChildren();
  const start = performance.now();
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  const wall = performance.now() - start;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
  return { wall, processor: processorMsOfChildren() - before };
}

/** Of all that were waited for, in steps of a hundredth of a second. */
function processorMsOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
