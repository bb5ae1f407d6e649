import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withOwnPrograms } from '../own-programs.ts';
import type { Mutation } from './mutation.ts';

/** `no-test`: nothing was run, which says nothing about the fault. */
type Verdict = { kind: 'killed'; by: string } | { kind: 'survived' } | { kind: 'no-test'; said: string };

export interface Judged {
  mutation: Mutation;
  verdict: Verdict | { kind: 'equivalent' };
}

/** A fault may make a test wait for ever. */
const longestMs = 5 * 60_000;

interface Report {
  numTotalTests: number;
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

/** Runs the test files in the tree at `directory` until the first failure. */
export async function judge(directory: string, tests: readonly string[]): Promise<Verdict> {
  const output = join(directory, 'mutation-report.json');
  rmSync(output, { force: true });
  const { ended, said } = await vitest(directory, tests, output);
  if (!ended) return { kind: 'killed', by: 'it did not come to an end' };
  if (!existsSync(output)) return { kind: 'no-test', said };
  const report = JSON.parse(readFileSync(output, 'utf8')) as Report;
  const failed = report.testResults
    .flatMap((file) => file.assertionResults)
    .find(({ status }) => status === 'failed');
  if (failed !== undefined) return { kind: 'killed', by: failed.fullName };
  const broken = report.testResults.find(({ status }) => status === 'failed');
  if (broken !== undefined) return { kind: 'killed', by: `${broken.name.split('/').at(-1)} as a whole` };
  return report.numPassedTests > 0 ? { kind: 'survived' } : { kind: 'no-test', said };
}

function vitest(
  directory: string,
  tests: readonly string[],
  output: string,
): Promise<{ ended: boolean; said: string }> {
  const argv = ['run', '--bail=1', '--reporter=json', `--outputFile.json=${output}`, ...tests];
  const child = spawn(join(directory, 'node_modules/.bin/vitest'), argv, {
    cwd: directory,
    env: { ...withOwnPrograms(), NO_COLOR: '1' },
    detached: process.platform !== 'win32',
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => said.push(part));
  return new Promise((resolve) => {
    let ended = true;
    const limit = setTimeout(() => {
      ended = false;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, longestMs);
    child.on('close', () => {
      clearTimeout(limit);
      resolve({ ended, said: Buffer.concat(said).toString('utf8').slice(-2000) });
    });
  });
}
