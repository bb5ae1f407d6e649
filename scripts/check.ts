/**
 * What every commit must pass: scripts of package.json, the tests beside the others. What each one said is shown when it ends,
 * the totals last; one that fails fails the whole.
 */
import { spawn } from 'node:child_process';
import { styleText } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { root, withOwnPrograms } from './own-programs.ts';

interface Result {
  name: Part;
  ok: boolean;
  seconds: string;
}

/** `unit` holds the tests of the house as well: a runner of their own would load all it needs once more. */
type Part = 'unit' | 'types' | 'lint';

/** One lane for the tests of units, which take as long as all others one after the other. */
const lanes: readonly (readonly Part[])[] = [['unit'], ['types', 'lint']];

/**
 * Half of the processors for tests, since each of their processes loads the whole product; without the one lint rule that
 * derives the types of every file, as long as all others together: `npm run lint` and editors have it.
 */
const more: Readonly<Record<Part, string>> = {
  unit: ' --project house --maxWorkers=50%',
  types: '',
  lint: ' --config-path=biome.quick.json',
};
/** What says it again. */
const again: Readonly<Record<Part, string>> = {
  unit: 'npm run unit or npm run house',
  types: 'npm run types',
  lint: 'npm run lint',
};
const started = performance.now();

/** Runs one script to its end and shows what it said. */
function run(name: Part): Promise<Result> {
  const child = spawn(packageJson.scripts[name] + more[name], {
    cwd: root,
    env: { ...withOwnPrograms(), [process.stdout.isTTY ? 'FORCE_COLOR' : 'NO_COLOR']: '1' },
    shell: true,
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => said.push(part));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const result = { name, ok: code === 0, seconds: secondsSince(started) };
      process.stdout.write(`\n── ${line(result)}\n`);
      process.stdout.write(Buffer.concat(said));
      resolve(result);
    });
  });
}

function secondsSince(moment: number): string {
  return `${((performance.now() - moment) / 1000).toFixed(1)} s`;
}

function line({ name, ok, seconds }: Result): string {
  return `${name.padEnd(6)} ${ok ? styleText('green', 'passed') : styleText('red', 'FAILED')} after ${seconds}`;
}

async function runLane(lane: readonly Part[]): Promise<Result[]> {
  const results: Result[] = [];
  for (const part of lane) results.push(await run(part));
  return results;
}

const results = (await Promise.all(lanes.map(runLane))).flat();
const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
process.stdout.write(`\n${results.map(line).join('\n')}\n`);
process.stdout.write(
  failed.length === 0
    ? `Everything passed in ${secondsSince(started)}.\n`
    : `FAILED: ${failed.join(', ')} (${failed.map((name) => again[name]).join(', ')} alone says it again).\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
